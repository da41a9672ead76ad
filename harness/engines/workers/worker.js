// A worker of the conformance kit (PROTOCOL.md) for every JavaScript engine: Node, Deno, Bun, and the shells jsc, gjs and js.
// Only i32 and i64 cross as JavaScript values: everything else would lose bits, so the kit puts modules between that turn it into integers.
'use strict';
const { lines, write, beside, name, version } = environment();
const { Module, Instance, Tag, Exception, LinkError, CompileError, RuntimeError, SuspendError } = WebAssembly;
let modules, instances, registry, tags, hosts, thrown;

function reset() {
  [modules, instances, hosts, tags] = [new Map(), new Map(), new Map(), []];
  registry = Object.create(null);
  registry.conformance = {
    // An object: a number would become an i31 when seen as anyref.
    extern: n => hosts.get(n) ?? hosts.set(n, { host: n }).get(n),
    number: reference => reference?.host ?? -1,
    rethrow() { throw thrown; },
  };
}

const requests = {
  hello: () => ({
    is: 'hello', protocol: 1, name, version, hosts: true, traps: 'messages', malformed: false,
    requests: ['instantiate', 'register', 'invoke', 'get', 'memory', 'cases'], values: ['i32', 'i64'],
  }),
  reset: () => (reset(), { is: 'done' }),
  load(request) {
    try {
      modules.set(request.module, new Module(bytesOf(request.hex)));
      return { is: 'loaded' };
    } catch (error) {
      return { is: 'rejected', message: messageOf(error) };
    }
  },
  instantiate(request) {
    try {
      const exports = link(modules.get(request.module), registry);
      instances.set(request.instance, exports);
      for (const name of Object.keys(exports))
        if (isA(exports[name], Tag)) tags.push({ tag: exports[name], instance: request.instance, name });
      return { is: 'instantiated' };
    } catch (error) {
      return failure(error, true);
    }
  },
  register(request) {
    registry[request.name] = Object.assign(Object.create(null), ...request.instances.map(i => instances.get(i)).reverse());
    return { is: 'done' };
  },
  invoke(request) {
    const callee = instances.get(request.instance)[request.name];
    if (typeof callee !== 'function') return { is: 'inapplicable', why: `no function "${request.name}"` };
    try {
      const result = callee(...request.args.map(fromWire));
      return { is: 'returned', values: (result === undefined ? [] : Array.isArray(result) ? result : [result]).map(toWire) };
    } catch (error) {
      return failure(error, false);
    }
  },
  get(request) {
    const global = instances.get(request.instance)[request.name];
    return isA(global, WebAssembly.Global) ? { is: 'returned', values: [toWire(global.value)] } : { is: 'inapplicable', why: `no global "${request.name}"` };
  },
  memory(request) {
    const memory = instances.get(request.instance)[request.name];
    if (!isA(memory, WebAssembly.Memory)) return { is: 'inapplicable', why: `no memory "${request.name}"` };
    const bytes = new Uint8Array(memory.buffer).subarray(request.offset, request.offset + request.length);
    return { is: 'bytes', hex: Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('') };
  },
  bye: () => ({ is: 'done' }),
  ...new Function('worker', beside('cases.js'))({ link, failure, messageOf, isA, toWire, fromWire }), // for fuzzers
};

reset();
for (const line of lines()) {
  const request = JSON.parse(line);
  write(JSON.stringify({ id: request.id, ...requests[request.do](request) }));
  if (request.do === 'bye') break;
}

function link(module, registry) {
  // JavaScript reads what is not there as undefined, which is a value of externref.
  let imports = [];
  try { imports = Module.imports(module); } catch { /* an older JavaScriptCore cannot describe imports of all types */ }
  for (const i of imports) if (!(i.name in (registry[i.module] ?? {}))) throw new LinkError(`unknown import ${i.module} ${i.name}`);
  return new Instance(module, registry).exports;
}

function failure(error, linking) {
  const message = messageOf(error);
  if (isA(error, Exception)) {
    thrown = error;
    const { instance, name } = tags.find(t => error.is(t.tag)) ?? {};
    return { is: 'threw', instance, name };
  }
  if (isA(error, SuspendError)) return { is: 'suspended', message };
  if (isA(error, RuntimeError)) return { is: 'trapped', message, frames: framesOf(error) };
  // RangeError in V8 and JavaScriptCore, InternalError in SpiderMonkey.
  if (isA(error, RangeError) || error?.name === 'InternalError') return { is: 'exhausted', message };
  if (linking && (isA(error, LinkError) || isA(error, TypeError))) return { is: 'unlinkable', message };
  if (isA(error, CompileError)) return { is: 'rejected', message };
  return isA(error, TypeError) ? { is: 'limit', why: message } : { is: 'crashed', why: `${error?.name}: ${message}` };
}

// JavaScriptCore adds the expression that it was evaluating.
function messageOf(error) { return String(error?.message ?? error).replace(/ \(evaluating '[^]*'\)$/, '').split('\n')[0]; }

// The innermost frames, where the engine's stack trace tells function indices and offsets in the module.
function framesOf(error) {
  return [...String(error.stack).matchAll(/wasm-function\[(\d+)\](?::0x([0-9a-f]+))?/g)]
    .map(([, index, at]) => ({ function: +index, at: at === undefined ? undefined : parseInt(at, 16) }));
}

function isA(value, type) { return type !== undefined && value instanceof type; }
function bytesOf(hex) { return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.substr(2 * i, 2), 16)); }
function toWire(value) { return typeof value === 'bigint' ? 'i64:' + BigInt.asUintN(64, value).toString(16) : 'i32:' + (value >>> 0).toString(16); }

function fromWire(text) {
  const [type, digits] = text.split(':');
  return type === 'i64' ? BigInt.asIntN(64, BigInt('0x' + digits)) : parseInt(digits, 16) | 0;
}

// What differs between the programs that host an engine: how to read and write, and what they are called.
function environment() {
  if (typeof Deno !== 'undefined')
    return streams(buffer => Deno.stdin.readSync(buffer) ?? 0, bytes => Deno.stdout.writeSync(bytes), file => Deno.readTextFileSync(new URL(file, Deno.mainModule)), 'deno', `${Deno.version.deno} (V8 ${Deno.version.v8})`);
  if (typeof process !== 'undefined' && process.versions) {
    const fs = require('fs'), { bun, node, v8 } = process.versions;
    return streams(buffer => fs.readSync(0, buffer), bytes => fs.writeSync(1, bytes), file => fs.readFileSync(`${__dirname}/${file}`, 'utf8'), bun ? 'bun' : 'node', bun ? `${bun} (JavaScriptCore)` : `${node} (V8 ${v8})`);
  }
  if (typeof imports === 'undefined') return shell(readline, read, typeof jscOptions === 'function' ? 'jsc' : 'js', 'unknown');
  const { Gio, GLib } = imports.gi, text = file => imports.byteArray.toString(GLib.file_get_contents(file)[1]), input = Gio.DataInputStream.new(Gio.UnixInputStream.new(0, false)), gjs = imports.system.version;
  return shell(() => input.read_line_utf8(null)[0], text, 'gjs', [gjs / 10000, gjs / 100 % 100, gjs % 100].map(Math.trunc).join('.') + ' (SpiderMonkey)');
}

function shell(readLine, readFile, name, version) {
  // The stack names the script's file, and nothing else does.
  const folder = /@(.*)worker\.js/.exec(new Error().stack)[1];
  return { name, version, write: print, beside: file => readFile(folder + file), *lines() { for (let line; (line = readLine());) yield line; } };
}

function streams(read, writeBytes, beside, name, version) {
  const encoder = new TextEncoder(), decoder = new TextDecoder(), buffer = new Uint8Array(1 << 16);
  const write = line => { for (let bytes = encoder.encode(line + '\n'); bytes.length > 0;) bytes = bytes.subarray(writeBytes(bytes)); };
  return { name, version, write, beside, *lines() {
    for (let pending = '', count; (count = read(buffer)) > 0;) {
      const parts = (pending + decoder.decode(buffer.subarray(0, count), { stream: true })).split('\n');
      pending = parts.pop();
      yield* parts;
    }
  } };
}
