// @ts-check
/** Colours, light and dark: hues that people who see few colours can tell apart (after Okabe & Ito, 2008). */

/**
 * @typedef {object} Theme
 * @property {string} paper
 * @property {string} ink
 * @property {string} faint
 * @property {string} link
 * @property {string} strong
 * @property {string} near
 * @property {string} plain  a note in no cluster
 * @property {string[]} palette
 */

/** @type {Record<"light" | "dark", Theme>} */
const THEMES = {
  light: {
    paper: "#fbfaf7", ink: "#1f2328", faint: "#5b636d", link: "rgb(70 80 95 / 17%)", strong: "rgb(31 35 40 / 75%)",
    near: "rgb(11 92 173 / 60%)", plain: "#9aa0a8",
    palette: ["#0072b2", "#d55e00", "#009e73", "#b8548f", "#b07d00", "#3ba3dc", "#5b3fa0", "#7d8a2e"],
  },
  dark: {
    paper: "#14171c", ink: "#e8eaed", faint: "#a3abb6", link: "rgb(190 200 215 / 17%)", strong: "rgb(232 234 237 / 80%)",
    near: "rgb(125 184 245 / 65%)", plain: "#6f7782",
    palette: ["#4fa8e8", "#f08a4b", "#2dc79b", "#e08fc0", "#e6b422", "#8fd3ff", "#b29cf5", "#c3cf6a"],
  },
};

const CHOICES = /** @type {const} */ (["auto", "light", "dark"]);
/** @typedef {typeof CHOICES[number]} Choice */

/** What "auto" is now: as the editor around the page is, else as the system. @returns {"light" | "dark"} */
function around() {
  const { classList } = document.body;
  if (classList.contains("vscode-dark") || (classList.contains("vscode-high-contrast") && !classList.contains("vscode-high-contrast-light"))) return "dark";
  if (classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light")) return "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
