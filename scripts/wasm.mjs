// What is done to the bytes of a WebAssembly program.

const code = { names: 0, imports: 2, bodies: 10 };

const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(Math.floor(value / 128))]);
const withLength = (data) => Buffer.concat([Buffer.from(written(data.length)), Buffer.from(data)]);

/** Reads a program from its beginning. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  number() {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }

  data() {
    const length = this.number();
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/** The sections of a program: `{ id, data }`. */
function* sections(bytes) {
  const reader = new Reader(bytes);
  reader.at = 8;
  while (reader.at < bytes.length) yield { id: bytes[reader.at++], data: reader.data() };
}

const program = (bytes, all) =>
  Buffer.concat([bytes.subarray(0, 8), ...all.flatMap(({ id, data }) => [Buffer.from([id]), withLength(data)])]);

/** The imports of a program: `[module, name, type]`. */
function imports(bytes) {
  const section = [...sections(bytes)].find(({ id }) => id === code.imports);
  const reader = new Reader(section.data);
  return Array.from({ length: reader.number() }, () => {
    const [module, name] = [reader.data(), reader.data()];
    if (reader.bytes[reader.at++] !== 0) throw new Error('an import that is no function');
    return [module, name, reader.number()];
  });
}

/** A program whose imports have the names that `rename` gives. */
export function renamed(bytes, rename) {
  const all = imports(bytes);
  const lines = all.map(([module, name, type]) =>
    Buffer.concat([withLength(module), withLength(Buffer.from(rename(name.toString()))), Buffer.from([0, ...written(type)])]));
  const data = Buffer.concat([Buffer.from(written(all.length)), ...lines]);
  return program(bytes, [...sections(bytes)].map((section) => (section.id === code.imports ? { id: section.id, data } : section)));
}

/** A program whose functions have names that sort as `alike` orders them, and no other names. */
export function namedByLikeness(bytes) {
  const reader = new Reader([...sections(bytes)].find(({ id }) => id === code.bodies).data);
  const bodies = Array.from({ length: reader.number() }, () => reader.data());
  const first = imports(bytes).length;
  const names = [];
  alike(bodies).forEach((index, place) => {
    names[index] = Buffer.concat([Buffer.from(written(first + index)), withLength(Buffer.from(String(place).padStart(5, '0')))]);
  });
  const ofFunctions = withLength(Buffer.concat([Buffer.from(written(names.length)), ...names]));
  const data = Buffer.concat([withLength(Buffer.from('name')), Buffer.from([1]), ofFunctions]);
  return program(bytes, [...sections(bytes)].filter(({ id }) => id !== code.names).concat({ id: code.names, data }));
}

/**
 * An order in which these compress well: gzip sees what it has seen in the last 32 kilobytes. After each comes the one
 * of which the largest part has been seen there.
 */
function alike(bodies) {
  // How many bytes make something that can be seen again; in how many bodies it stands, at most, to count; and what a
  // short body lacks to be judged.
  const [piece, most, lack, sight] = [6, 30, 200, 32_000];
  const holders = new Map();
  const pieces = bodies.map((body, index) => {
    const own = new Set();
    for (let i = 0; i + piece <= body.length; i++) own.add(body.readUIntBE(i, piece));
    for (const one of own) {
      if (holders.has(one)) holders.get(one).push(index);
      else holders.set(one, [index]);
    }
    return own;
  });
  const telling = pieces.map((own) => [...own].filter((one) => holders.get(one).length > 1 && holders.get(one).length <= most));
  const seen = new Map();
  const score = bodies.map(() => 0);
  const see = (index, by) => {
    for (const one of telling[index]) {
      const times = (seen.get(one) ?? 0) + by;
      seen.set(one, times);
      // It came into sight, or went out of it.
      if (times === (by > 0 ? 1 : 0)) for (const holder of holders.get(one)) score[holder] += by;
    }
  };
  const left = new Set(bodies.keys());
  const order = [];
  let [oldest, inSight] = [0, 0];
  while (left.size > 0) {
    let [next, best] = [-1, -1];
    for (const index of left) {
      const part = score[index] / (bodies[index].length + lack);
      if (part > best) [next, best] = [index, part];
    }
    left.delete(next);
    order.push(next);
    see(next, 1);
    inSight += bodies[next].length;
    while (inSight > sight && oldest < order.length - 1) {
      const old = order[oldest++];
      see(old, -1);
      inSight -= bodies[old].length;
    }
  }
  return order;
}
