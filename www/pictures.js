// What is saved to a file: pictures of the page, tables, runs. Loaded when the first one is.
//
// A picture is drawn by the very calls that draw the screen: as PNG onto canvases, as SVG onto what stands in for a
// canvas and its 2D context and writes down what it is told. It knows what the page uses: paths, boxes, arcs, dashes,
// text, clips, one uniform scale. Left out: images, gradients, shadows.

/** A file for the learner to keep. */
export function save(name, content, type) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.click();
  // The download has begun by then; the page need not keep the file.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A sheet of so many CSS pixels to draw on, which is saved as `png` or `svg`. */
export function sheet(kind, width, height, background) {
  return kind === "svg" ? vectors(width, height, background) : pixels(width, height, background);
}

function pixels(width, height, background) {
  const ratio = 2;
  const whole = Object.assign(document.createElement("canvas"), { width: width * ratio, height: height * ratio });
  const context = whole.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  const placed = [];
  return {
    place(x, y, w, h) {
      const canvas = document.createElement("canvas");
      Object.defineProperty(canvas, "clientWidth", { value: w });
      Object.defineProperty(canvas, "clientHeight", { value: h });
      Object.defineProperty(canvas, "getBoundingClientRect", { value: () => new DOMRect(0, 0, w, h) });
      placed.push(() => context.drawImage(canvas, x, y, w, h));
      return canvas;
    },
    write(text, x, y, font, colour) {
      placed.push(() => {
        Object.assign(context, { font, fillStyle: colour });
        context.fillText(text, x, y);
      });
    },
    save(name) {
      placed.forEach((draw) => draw());
      whole.toBlob((blob) => save(name, blob));
    },
  };
}

function vectors(width, height, background) {
  const parts = [];
  return {
    place(x, y, w, h) {
      const { canvas, written } = standIn(w, h, `part${parts.length}-`);
      parts.push(() => `<g transform="translate(${x} ${y})">\n${written().join("\n")}\n</g>`);
      return canvas;
    },
    write(text, x, y, font, colour) {
      parts.push(() => label(text, x, y, font, colour, "start"));
    },
    save(name) {
      const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
      const ground = `<rect width="${width}" height="${height}" fill="${background}"/>`;
      const drawn = parts.map((part) => part()).join("\n");
      save(name, `${head}\n${ground}\n${drawn}\n</svg>\n`, "image/svg+xml");
    },
  };
}

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const short = (number) => +number.toFixed(2);

function label(text, x, y, font, colour, anchor, more = "") {
  const [, weight, size, family] = /^(?:(\w+) )?([\d.]+)px (.*)$/.exec(font);
  return `<text x="${short(x)}" y="${short(y)}" fill="${colour}" font-size="${size}" font-weight="${weight ?? 400}" font-family="${escape(family)}" text-anchor="${anchor}"${more}>${escape(text)}</text>`;
}

/** Colour and opacity of a CSS colour: SVG programs do not all read rgba(). */
function paint(style) {
  const [, red, green, blue, alpha = "1"] = /^rgba?\(([\d.]+), *([\d.]+), *([\d.]+)(?:, *([\d.]+))?\)$/.exec(style) ?? [];
  return red === undefined ? [style, 1] : [`rgb(${red},${green},${blue})`, +alpha];
}

/** A canvas of so many CSS pixels that keeps what was drawn on it as the elements of an SVG picture. */
function standIn(width, height, mark) {
  const ruler = document.createElement("canvas").getContext("2d");
  const canvas = { width, height, clientWidth: width, clientHeight: height };
  const parts = [];
  const saved = [];
  const state = {
    ...{ strokeStyle: "#000", fillStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "10px sans-serif" },
    ...{ textAlign: "start", textBaseline: "alphabetic", lineJoin: "miter", lineCap: "butt" },
  };
  const hidden = { dash: [], scale: 1, clip: "" };
  let path = "";
  let pen = "";

  const size = (value) => short((value * hidden.scale * width) / canvas.width);
  const point = (x, y) => `${size(x)} ${size(y)}`;
  const move = (x, y) => ((path += `M${point(x, y)}`), (pen = point(x, y)));
  const line = (x, y) => ((path += `${path ? "L" : "M"}${point(x, y)}`), (pen = point(x, y)));
  const box = (x, y, w, h) => `M${point(x, y)}h${size(w)}v${size(h)}h${size(-w)}z`;
  const look = (alpha) => {
    const opacity = short(alpha * state.globalAlpha);
    return (opacity < 1 ? ` opacity="${opacity}"` : "") + (hidden.clip && ` clip-path="url(#${hidden.clip})"`);
  };
  const fill = (shape) => {
    const [colour, alpha] = paint(state.fillStyle);
    if (shape) parts.push(`<path d="${shape}" fill="${colour}"${look(alpha)}/>`);
  };
  const stroke = (shape) => {
    const [colour, alpha] = paint(state.strokeStyle);
    const dash = hidden.dash.length > 0 ? ` stroke-dasharray="${hidden.dash.map(size).join(" ")}"` : "";
    const style = `stroke="${colour}" stroke-width="${size(state.lineWidth)}" stroke-linejoin="${state.lineJoin}"${dash}`;
    if (shape) parts.push(`<path d="${shape}" fill="none" ${style}${look(alpha)}/>`);
  };

  const calls = {
    save: () => saved.push([{ ...state }, { ...hidden }]),
    restore() {
      const [before, hiddenBefore] = saved.pop() ?? [];
      Object.assign(state, before);
      Object.assign(hidden, hiddenBefore);
    },
    setTransform: (scale) => (hidden.scale = scale),
    resetTransform: () => (hidden.scale = 1),
    beginPath: () => (path = pen = ""),
    moveTo: move,
    lineTo: line,
    closePath: () => ((path += "z"), (pen = "")),
    bezierCurveTo: (a, b, c, d, x, y) => ((path += `C${point(a, b)} ${point(c, d)} ${point(x, y)}`), (pen = point(x, y))),
    rect: (x, y, w, h) => ((path += box(x, y, w, h)), (pen = "")),
    roundRect(x, y, w, h, radius) {
      const r = Math.min(radius, w / 2, h / 2);
      const turn = (toX, toY) => `A${size(r)} ${size(r)} 0 0 1 ${point(toX, toY)}`;
      path += `M${point(x + r, y)}L${point(x + w - r, y)}${turn(x + w, y + r)}L${point(x + w, y + h - r)}`;
      path += `${turn(x + w - r, y + h)}L${point(x + r, y + h)}${turn(x, y + h - r)}L${point(x, y + r)}${turn(x + r, y)}z`;
      pen = "";
    },
    arc(x, y, r, from, to) {
      const at = (angle) => [x + r * Math.cos(angle), y + r * Math.sin(angle)];
      if (pen !== point(...at(from))) (pen ? line : move)(...at(from));
      // Two halves: an arc that ends where it begins would be nothing.
      const turn = Math.min(to - from, 2 * Math.PI) / 2;
      for (const angle of [from + turn, from + 2 * turn]) path += `A${size(r)} ${size(r)} 0 0 1 ${point(...at(angle))}`;
      pen = point(...at(from + 2 * turn));
    },
    fill: () => fill(path),
    stroke: () => stroke(path),
    fillRect: (x, y, w, h) => fill(box(x, y, w, h)),
    strokeRect: (x, y, w, h) => stroke(box(x, y, w, h)),
    clearRect() {},
    clip() {
      hidden.clip = `${mark}${parts.length}`;
      parts.push(`<clipPath id="${hidden.clip}"><path d="${path}"/></clipPath>`);
    },
    setLineDash: (lengths) => (hidden.dash = [...lengths]),
    measureText(text) {
      ruler.font = state.font;
      return ruler.measureText(text);
    },
    fillText(text, x, y) {
      // The ruler writes a font as every canvas does.
      ruler.font = state.font;
      const anchor = { right: "end", end: "end", center: "middle" }[state.textAlign] ?? "start";
      const [colour, alpha] = paint(state.fillStyle);
      parts.push(label(text, size(x), size(y), ruler.font, colour, anchor, look(alpha)));
    },
  };
  // It passes for the real one where the program asks what it is.
  const context = Object.create(CanvasRenderingContext2D.prototype);
  for (const [name, value] of Object.entries(calls)) Object.defineProperty(context, name, { value });
  for (const name of Object.keys(state)) {
    Object.defineProperty(context, name, { get: () => state[name], set: (value) => (state[name] = value) });
  }
  canvas.getContext = () => context;
  canvas.getBoundingClientRect = () => new DOMRect(0, 0, width, height);
  return { canvas, written: () => parts };
}
