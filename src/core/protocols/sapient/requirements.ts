// Which fields must be there, and which hold identifiers: names of messages and fields as in sapient.proto.

/** Fields that the schema marks as mandatory. */
export const MANDATORY: Readonly<Record<string, readonly string[]>> = {
  AssociatedDetection: ["node_id", "object_id"],
  AssociatedFile: ["type", "url"],
  LocationList: ["locations"],
  Location: ["x", "y", "coordinate_system", "datum"],
  RangeBearing: ["coordinate_system", "datum"],
  RangeBearingCone: ["coordinate_system", "datum"],
  Alert: ["alert_id"],
  AlertAck: ["alert_id", "alert_ack_status"],
  ENUVelocity: ["east_rate", "north_rate"],
  ENUVelocityUnits: ["east_north_rate_units"],
  DetectionReport: ["report_id", "object_id"],
  "DetectionReport.TrackObjectInfo": ["type", "value"],
  "DetectionReport.DetectionReportClassification": ["type"],
  "DetectionReport.SubClass": ["type", "level"],
  "DetectionReport.Behaviour": ["type"],
  "DetectionReport.Signal": ["amplitude", "centre_frequency"],
  "DetectionReport.DerivedDetection": ["node_id", "object_id"],
  Error: ["packet"],
  FollowObject: ["follow_object_id"],
  Registration: ["node_definition", "icd_version", "capabilities", "status_definition", "mode_definition", "config_data"],
  "Registration.NodeDefinition": ["node_type"],
  "Registration.Capability": ["category", "type"],
  "Registration.StatusDefinition": ["status_interval"],
  "Registration.Duration": ["units", "value"],
  "Registration.ModeParameter": ["type", "value"],
  "Registration.StatusReport": ["category", "type"],
  "Registration.ModeDefinition": ["mode_name", "mode_type", "settle_time", "task"],
  "Registration.DetectionDefinition": ["location_type"],
  "Registration.GeometricError": ["type", "units", "variation_type"],
  "Registration.PerformanceValue": ["type", "units", "unit_value"],
  "Registration.DetectionReport": ["category", "type", "units"],
  "Registration.ClassDefinition": ["type"],
  "Registration.SubClass": ["type", "level"],
  "Registration.BehaviourDefinition": ["type"],
  "Registration.TaskDefinition": ["region_definition"],
  "Registration.ClassFilterDefinition": ["type"],
  "Registration.SubClassFilterDefinition": ["level", "type"],
  "Registration.FilterParameter": ["parameter", "operators"],
  "Registration.BehaviourFilterDefinition": ["type"],
  "Registration.Command": ["units", "completion_time", "type"],
  "Registration.RegionDefinition": ["region_type", "region_area"],
  "Registration.TaxonomyDockDefinition": ["Dock_class_namespace", "Dock_class"],
  "Registration.ExtensionSubclass": ["Subclass_namespace", "Subclass_name"],
  "Registration.ConfigurationData": ["manufacturer", "model"],
  RegistrationAck: ["acceptance"],
  StatusReport: ["report_id", "system", "info", "mode"],
  "StatusReport.Status": ["status_type"],
  Task: ["task_id", "control"],
  "Task.Region": ["type", "region_id", "region_name", "region_area"],
  "Task.ClassFilter": ["parameter", "type"],
  "Task.SubClassFilter": ["parameter", "type"],
  "Task.BehaviourFilter": ["parameter"],
  "Task.Parameter": ["name", "operator", "value"],
  TaskAck: ["task_id", "task_status"],
  SapientMessage: ["timestamp", "node_id"],
};

/** Fields that Dstl's test harness demands beyond the schema; Picket sends them, and misses them only in strict mode. */
export const MANDATORY_FOR_HARNESS: Readonly<Record<string, readonly string[]>> = {
  "DetectionReport.DerivedDetection": ["timestamp"],
  Error: ["error_message"],
  "Registration.TaskDefinition": ["concurrent_tasks"],
};

/** Choices of which one member must be there. */
export const MANDATORY_ONEOF: Readonly<Record<string, readonly string[]>> = {
  LocationOrRangeBearing: ["fov_oneof"],
  DetectionReport: ["location_oneof"],
  "Registration.LocationType": ["coordinates_oneof", "datum_oneof"],
  "Registration.VelocityType": ["velocity_units_oneof", "datum_oneof"],
  "Task.Command": ["command"],
  SapientMessage: ["content"],
};

/** Fields that hold an identifier, and its kind. */
export const IDENTIFIER: Readonly<Record<string, "uuid" | "ulid">> = {
  "AssociatedDetection.node_id": "uuid",
  "AssociatedDetection.object_id": "ulid",
  "Alert.alert_id": "ulid",
  "Alert.region_id": "ulid",
  "AlertAck.alert_id": "ulid",
  "DetectionReport.report_id": "ulid",
  "DetectionReport.object_id": "ulid",
  "DetectionReport.task_id": "ulid",
  "DetectionReport.DerivedDetection.node_id": "uuid",
  "DetectionReport.DerivedDetection.object_id": "ulid",
  "StatusReport.report_id": "ulid",
  "StatusReport.active_task_id": "ulid",
  "Task.task_id": "ulid",
  "Task.Region.region_id": "ulid",
  "TaskAck.task_id": "ulid",
  "SapientMessage.node_id": "uuid",
  "SapientMessage.destination_id": "uuid",
};

/** Identifiers that the schema does not mark and Dstl's harness checks. */
export const IDENTIFIER_FOR_HARNESS: Readonly<Record<string, "uuid" | "ulid">> = {
  "FollowObject.follow_object_id": "ulid",
  "Registration.dependent_nodes": "uuid",
};
