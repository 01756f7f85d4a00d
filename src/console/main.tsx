import "@fontsource-variable/noto-sans/wght.css";
import "@fontsource-variable/noto-sans-arabic/wght.css";
import "./styles/tokens.css";
import "./styles/console.css";
import "./styles/sapient.css";
import "./styles/judgement.css";
import "./styles/alarm-pages.css";
import "./styles/watch-tools.css";
import "./styles/sign-in.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startLive } from "./live/live-connection.ts";
import { createPictureStore } from "./live/picture-store.ts";
import { createPanelFeed } from "./live/use-picture.tsx";
import { allowOwnWorkers } from "./trusted-types.ts";

allowOwnWorkers();
const store = createPictureStore();
const feed = createPanelFeed(store);
const address = new URL("/live", location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const connection = startLive(
  {
    openSocket: () => new WebSocket(address) as never,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  },
  { onMessage: (message) => store.apply(message, performance.now()), onState: (state) => store.setState(state) },
);

createRoot(document.getElementById("console")!).render(<App live={{ store, feed, connection }} />);
