import { render } from "preact";
import { App } from "./app";
import { showPreferences } from "./state/preferences";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";

showPreferences();
const root = document.getElementById("app");
if (root) render(<App />, root);
