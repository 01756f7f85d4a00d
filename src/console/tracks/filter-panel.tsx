import { Button } from "react-aria-components";
import { CLASS_NAMES } from "../../core/model/identity.ts";
import type { Affiliation } from "../../core/model/picture-view.ts";
import { usePicture } from "../live/use-picture.tsx";
import { useWords } from "../strings/words-context.tsx";
import type { FilterFields } from "./track-filter-fields.ts";

const AFFILIATIONS: readonly Affiliation[] = ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"];

interface Props {
  fields: FilterFields;
  set(fields: FilterFields): void;
}

/** What to show: by class, affiliation, sensor, height and age. */
export function FilterPanel({ fields, set }: Props) {
  const words = useWords();
  const picture = usePicture();
  const put = (part: { readonly [name in keyof FilterFields]?: FilterFields[name] | undefined }) => {
    const next = { ...fields, ...part };
    for (const name of Object.keys(next) as (keyof FilterFields)[]) if (next[name] === undefined) delete next[name];
    set(next as FilterFields);
  };
  const choice = (
    label: string,
    value: string | undefined,
    choose: (value: string | undefined) => void,
    of: readonly (readonly [string, string])[],
  ) => (
    <label>
      <span>{label}</span>
      <select value={value ?? ""} onChange={(event) => choose(event.target.value === "" ? undefined : event.target.value)}>
        <option value="">{words.t("filter.all")}</option>
        {of.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  const number = (label: string, value: number | undefined, choose: (value: number | undefined) => void) => (
    <label>
      <span>{label}</span>
      <input
        type="number"
        dir="ltr"
        value={value ?? ""}
        onChange={(event) => choose(event.target.value === "" ? undefined : event.target.valueAsNumber)}
      />
    </label>
  );
  return (
    <fieldset className="act-form filter-fields" aria-label={words.t("filter.title")}>
      {choice(
        words.t("filter.class"),
        fields.className,
        (className) => put({ className }),
        CLASS_NAMES.map((name) => [name, words.t(`class-name.${name}`)]),
      )}
      {choice(
        words.t("filter.affiliation"),
        fields.affiliation,
        (affiliation) => put({ affiliation: affiliation as Affiliation | undefined }),
        AFFILIATIONS.map((each) => [each, words.affiliation(each)]),
      )}
      {choice(
        words.t("filter.sensor"),
        fields.sensorId,
        (sensorId) => put({ sensorId }),
        [...picture.sensors.values()].map(({ id, name }) => [id, name]),
      )}
      {number(words.t("filter.height-from"), fields.heightFrom, (heightFrom) => put({ heightFrom }))}
      {number(words.t("filter.height-to"), fields.heightTo, (heightTo) => put({ heightTo }))}
      {number(words.t("filter.age"), fields.ageMost, (ageMost) => put({ ageMost }))}
    </fieldset>
  );
}

interface StateProps {
  hidden: number;
  kept: number;
  clear(): void;
}

/** How many tracks a filter hides, in words, for as long as it does; and how many it may not hide. */
export function FilterState({ hidden, kept, clear }: StateProps) {
  const words = useWords();
  return (
    <div className="filter-state" role="status">
      <span>
        {words.t("filter.hidden", { count: hidden })}
        {kept === 0 ? null : <strong> {words.t("filter.kept", { count: kept })}</strong>}
      </span>
      <Button className="button small" onPress={clear}>
        {words.t("filter.clear")}
      </Button>
    </div>
  );
}
