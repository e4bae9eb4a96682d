// Where the page begins.

import { App } from "./app.js";

const shell = JSON.parse(document.getElementById("gate-shell").textContent);
new App(document.getElementById("gate"), shell).start();
