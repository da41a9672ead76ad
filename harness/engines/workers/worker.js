// A worker of the conformance kit (PROTOCOL.md) for every JavaScript engine: Node, Deno, Bun, and the shells jsc, gjs, js, d8.
// Only i32 and i64 cross as JavaScript values: everything else would lose bits, so the kit puts modules between that turn it into integers.
'use strict';
const { lines, write, name, version } = environment();
const { Module, Instance, Tag, Exception, LinkError, CompileError, RuntimeError, SuspendError } = WebAssembly;
const isA = (value, type) => type !== undefined && value instanceof type;
const hex = digits => {
  const bytes = new Uint8Array(digits.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.substr(2 * i, 2), 16);
  return bytes;
};
let modules, instances, registry, tags, hosts, numbers, thrown;

function reset() {
  [modules, instances, hosts, numbers] = [new Map(), new Map(), new Map(), new Map()];
  registry = Object.create(null);
  tags = [];
  thrown = undefined;
  registry.conformance = {
    // An object: a number would become an i31 when seen as anyref.
    extern(n) {
      if (!hosts.has(n)) {
        hosts.set(n, { host: n });
        numbers.set(hosts.get(n), n);
      }
      return hosts.get(n);
    },
    number: reference => numbers.has(reference) ? numbers.get(reference) : -1,
    rethrow() { throw thrown; },
  };
}

const toWire = value =>
  typeof value === 'bigint' ? 'i64:' + BigInt.asUintN(64, value).toString(16)
  : typeof value === 'number' ? 'i32:' + (value >>> 0).toString(16)
  : value === null ? 'null' : 'ref';

function fromWire(text) {
  const [type, digits] = text.split(':');
  if (type === 'i32') return parseInt(digits, 16) | 0;
  if (type === 'i64') return BigInt.asIntN(64, BigInt('0x' + digits));
  throw new Error('a value that this worker did not ask for: ' + text);
}

// The innermost frames, where the engine's stack trace tells function indices and offsets in the module.
const frames = error => [...String(error.stack).matchAll(/wasm-function\[(\d+)\](?::0x([0-9a-f]+))?/g)]
  .map(([, index, at]) => at === undefined ? { function: +index } : { function: +index, at: parseInt(at, 16) });

function failure(error, linking) {
  // JavaScriptCore adds the expression that it was evaluating.
  const message = String(error?.message ?? error).replace(/ \(evaluating '[^]*'\)$/, '').split('\n')[0];
  if (isA(error, Exception)) {
    thrown = error;
    const tag = tags.find(t => error.is(t.tag));
    return { is: 'threw', instance: tag?.instance, name: tag?.name };
  }
  if (isA(error, SuspendError)) return { is: 'suspended', message };
  if (isA(error, RuntimeError)) return { is: 'trapped', message, frames: frames(error) };
  // RangeError in V8 and JavaScriptCore, InternalError in SpiderMonkey.
  if (isA(error, RangeError) || error?.name === 'InternalError') return { is: 'exhausted', message };
  if (linking && (isA(error, LinkError) || isA(error, TypeError))) return { is: 'unlinkable', message };
  if (isA(error, CompileError)) return { is: 'rejected', message };
  if (isA(error, TypeError)) return { is: 'limit', why: message };
  return { is: 'crashed', why: `${error?.name}: ${message}` };
}

const requests = {
  hello: () => ({
    is: 'hello', protocol: 1, name, version, hosts: true, traps: 'messages', malformed: false,
    requests: ['instantiate', 'register', 'invoke', 'get', 'memory'], values: ['i32', 'i64'],
  }),
  reset() {
    reset();
    return { is: 'done' };
  },
  load(request) {
    try {
      modules.set(request.module, new Module(hex(request.hex)));
      return { is: 'loaded' };
    } catch (error) {
      return { is: 'rejected', message: String(error.message) };
    }
  },
  instantiate(request) {
    try {
      const instance = new Instance(modules.get(request.module), registry);
      instances.set(request.instance, instance.exports);
      for (const name of Object.keys(instance.exports))
        if (isA(instance.exports[name], Tag)) tags.push({ tag: instance.exports[name], instance: request.instance, name });
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
};

reset();
for (const line of lines()) {
  const request = JSON.parse(line);
  write(JSON.stringify({ id: request.id, ...requests[request.do](request) }));
  if (request.do === 'bye') break;
}

// What differs between the programs that host an engine: how to read and write, and what they are called.
function environment() {
  if (typeof Deno !== 'undefined')
    return streams(buffer => Deno.stdin.readSync(buffer) ?? 0, bytes => Deno.stdout.writeSync(bytes), 'deno', `${Deno.version.deno} (V8 ${Deno.version.v8})`);
  if (typeof process !== 'undefined' && process.versions) {
    const fs = require('fs'), bun = process.versions.bun;
    return streams(buffer => fs.readSync(0, buffer), bytes => fs.writeSync(1, bytes), bun ? 'bun' : 'node',
      bun ? `${bun} (JavaScriptCore)` : `${process.versions.node} (V8 ${process.versions.v8})`);
  }
  if (typeof imports !== 'undefined' && imports.gi) {
    const { Gio, GLib } = imports.gi;
    const input = Gio.DataInputStream.new((imports.gi.GioUnix?.InputStream ?? Gio.UnixInputStream).new(0, false));
    const version = imports.system.version;
    return { lines: () => shellLines(() => input.read_line_utf8(null)[0]), write: print, name: 'gjs', version: `${version / 10000 | 0}.${(version / 100 | 0) % 100}.${version % 100} (SpiderMonkey)` };
  }
  return { lines: () => shellLines(readline), write: print, name: typeof version === 'function' ? 'd8' : typeof $vm !== 'undefined' || typeof jscOptions === 'function' ? 'jsc' : 'js', version: 'unknown' };
}

function* shellLines(read) {
  for (let line = read(); line; line = read()) yield line;
}

function streams(read, writeBytes, name, version) {
  const encoder = new TextEncoder(), decoder = new TextDecoder(), buffer = new Uint8Array(1 << 16);
  return {
    name, version,
    *lines() {
      let pending = [];
      for (let count; (count = read(buffer)) > 0;) {
        const parts = decoder.decode(buffer.subarray(0, count), { stream: true }).split('\n');
        while (parts.length > 1) {
          yield pending.join('') + parts.shift();
          pending = [];
        }
        pending.push(parts[0]);
      }
    },
    write(line) {
      for (let bytes = encoder.encode(line + '\n'); bytes.length > 0;) bytes = bytes.subarray(writeBytes(bytes));
    },
  };
}
