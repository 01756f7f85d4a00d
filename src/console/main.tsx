import "@fontsource-variable/noto-sans/wght.css";
import "@fontsource-variable/noto-sans-arabic/wght.css";
import "./styles/tokens.css";
import "./styles/console.css";
import "./styles/sapient.css";
import "./styles/judgement.css";
import "./styles/alarm-pages.css";
import "./styles/watch-tools.css";
import "./styles/history.css";
import "./styles/sign-in.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { openLink } from "./history/open-link.ts";
import { PastRoot } from "./history/past-root.tsx";
import { allowOwnWorkers } from "./trusted-types.ts";

allowOwnWorkers();
const { live } = openLink();

createRoot(document.getElementById("console")!).render(
  // A picture of another time is another screen: nothing that was chosen or drawn in one stays in the other.
  <PastRoot live={live}>{(shown, key) => <App key={key} live={shown} />}</PastRoot>,
);
