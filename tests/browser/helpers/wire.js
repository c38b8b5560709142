// The binary form in which page and worker speak: crates/wire/src/lib.rs describes it.
const [nothing, no, yes, whole, below, float, text, list, map, variant, end] = Array(11).keys();

/** An enum's variant by its place, for `write`. */
export const enumOf = (index, value) => ({ index, value });

/** The bytes of null, flags, numbers, texts, lists (also for the fields of a struct) and `enumOf`. */
export function write(value) {
  if (value === null) return [nothing];
  if (typeof value === "boolean") return [value ? yes : no];
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value >= 0
      ? [whole, ...number(value)]
      : [float, ...new Uint8Array(Float64Array.of(value).buffer)];
  }
  if (typeof value === "string") {
    const bytes = new TextEncoder().encode(value);
    return [text, ...number(bytes.length), ...bytes];
  }
  if (Array.isArray(value)) return [list, ...value.flatMap(write), end];
  return [variant, ...number(value.index), ...write(value.value)];
}

function number(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}

/** The value of such bytes: structs are lists, maps are objects, enums are `enumOf`. */
export function read(bytes) {
  let at = 0;
  const count = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const next = () => {
    const kind = bytes[at++];
    if (kind === nothing || kind === no || kind === yes) return [null, false, true][kind];
    if (kind === whole) return count();
    if (kind === below) return -1 - count();
    if (kind === float) return new Float64Array(Uint8Array.from(bytes.slice(at, (at += 8))).buffer)[0];
    if (kind === text) {
      const length = count();
      return new TextDecoder().decode(Uint8Array.from(bytes.slice(at, (at += length))));
    }
    if (kind === list) return [...until(next)];
    if (kind === map) return Object.fromEntries(until(() => [next(), next()]));
    if (kind === variant) return enumOf(count(), next());
    throw new Error(`byte ${kind} at ${at - 1} begins no value`);
  };
  function* until(item) {
    while (bytes[at] !== end) yield item();
    at += 1;
  }
  return next();
}
