// Elements, made in one call. Text is always text: nothing that was scanned is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag @param {Record<string, any>} properties `on…` are listeners, `true` an attribute without a value
 * @param {...(Node|string|null|undefined|false|Array)} children @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

/** A mark of marks.svg. @param {string} marks the file's address @param {string} name */
export function mark(marks, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${marks}#${name}`);
  svg.append(use);
  return svg;
}

let fields = 0;

/** A labelled field with room for what is wrong with it. @param {string} label @param {Record<string, any>} properties @param {string} hint */
export function field(label, properties, hint = "") {
  const id = `field-${++fields}`;
  const input = h(properties.rows ? "textarea" : "input", {
    id,
    "aria-describedby": hint ? `${id}-hint` : null,
    ...properties,
  });
  const box = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint && h("p", { id: `${id}-hint`, class: "soft small" }, hint),
    input,
  );
  return { box, input };
}
