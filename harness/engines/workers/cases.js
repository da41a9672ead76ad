// The request `cases` of the worker protocol (PROTOCOL.md), for all engines that worker.js drives. worker.js evaluates this file as the body of a
// function of its helpers. Nothing of a case reaches another: each has modules, instances, names and tags of its own.
'use strict';
const { link, failure, messageOf, isA, toWire, fromWire } = worker;
const { Module, Memory, Global, Tag, Exception, CompileError, RuntimeError } = WebAssembly;
const prime = 0x9E3779B1 | 0;
let modules, compiled, instances, registry, tags, back, trace;

const bytesOf = typeof Buffer === 'function' ? hex => Buffer.from(hex, 'hex')
  : typeof Uint8Array.fromHex === 'function' ? hex => Uint8Array.fromHex(hex)
    : hex => Uint8Array.from({ length: hex.length / 2 }, (_, i) => digit(hex.charCodeAt(2 * i)) << 4 | digit(hex.charCodeAt(2 * i + 1)));
const hexOf = typeof Buffer === 'function' ? (buffer, at, length) => Buffer.from(buffer, at, length).toString('hex')
  : (buffer, at, length) => Array.from(new Uint8Array(buffer, at, length), b => (b + 256).toString(16).slice(1)).join('');

const digit = code => code < 58 ? code - 48 : (code | 32) - 87;

const host = {
  emit32: value => { trace.push('i32:' + (value >>> 0).toString(16)); },
  emit64: value => { trace.push(toWire(value)); },
  back: value => back === undefined ? value + 1 | 0 : back(value),
};

const actions = {
  load: ([, module]) => (compile(module), []),
  instantiate([, module, as]) {
    // An instance that fails has a number too.
    const number = instances.push(undefined) - 1;
    const exports = instances[number] = link(compile(module), registry);
    if (as !== undefined) registry[as] = exports;
    if (typeof exports.back === 'function') back = exports.back;
    if (Tag !== undefined)
      for (const name of Object.keys(exports)) if (exports[name] instanceof Tag) tags.push({ name: number + ':' + name, tag: exports[name] });
    return [];
  },
  invoke: (action, exports) => {
    const callee = exports[action[2]];
    return typeof callee === 'function' ? valuesOf(callee(...action.slice(3).map(fromWire))) : lacks('function', action[2]);
  },
  sweep([, , name, count], exports) {
    const callee = exports[name], groups = new Map();
    if (typeof callee !== 'function') return lacks('function', name);
    for (let i = 0; i < count; i++) {
      let outcome;
      try {
        const result = callee(i);
        if (result === undefined) continue;
        outcome = valuesOf(result);
      } catch (error) {
        outcome = endOf(error, false);
      }
      const key = JSON.stringify(outcome);
      if (groups.has(key)) groups.get(key)[1].push(i);
      else groups.set(key, [outcome, [i]]);
    }
    return { is: 'swept', count, ended: [...groups.values()] };
  },
  get: ([, , name], exports) => isA(exports[name], Global) ? [toWire(exports[name].value)] : lacks('global', name),
  memory([, , name, offset, length], exports) {
    if (!isA(exports[name], Memory)) return lacks('memory', name);
    const { buffer } = exports[name], at = Math.min(offset, buffer.byteLength);
    return { is: 'bytes', hex: hexOf(buffer, at, Math.min(length, buffer.byteLength - at)) };
  },
  digest: ([, , name], exports) => !isA(exports[name], Memory) ? lacks('memory', name)
    : { is: 'digested', length: exports[name].buffer.byteLength, hash: hashOf(exports[name].buffer) },
};

function compile(number) { return compiled[number] ??= new Module(bytesOf(modules[number])); }

function lacks(kind, name) { return { is: 'inapplicable', why: `no ${kind} "${name}"` }; }

function valuesOf(result) { return result === undefined ? [] : Array.isArray(result) ? result.map(toWire) : [toWire(result)]; }

function endOf(error, linking) {
  if (isA(error, RuntimeError)) return { is: 'trapped', message: messageOf(error) };
  if (isA(error, CompileError)) return { is: 'rejected', message: messageOf(error) };
  if (!isA(error, Exception)) return failure(error, linking);
  const known = tags.find(({ tag }) => error.is(tag));
  return { is: 'threw', tag: known?.name, values: known && payloadOf(error, known.tag) };
}

// Integers, as far as the payload is; the number of its values is known only when there is no more.
function payloadOf(error, tag) {
  const values = [];
  try {
    for (; ;) {
      const value = error.getArg(tag, values.length);
      if (typeof value !== 'bigint' && value !== (value | 0)) return undefined;
      values.push(toWire(value));
    }
  } catch {
    return values;
  }
}

function hashOf(buffer) {
  const words = new Uint32Array(buffer, 0, buffer.byteLength >>> 2), rest = new Uint8Array(buffer, words.length * 4);
  let hash = 0, last = 0;
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) hash = step(hash, words[i], i);
  for (let i = 0; i < rest.length; i++) last |= rest[i] << 8 * i;
  return (last === 0 ? hash : step(hash, last, words.length)) >>> 0;
}

function step(hash, word, index) {
  hash = Math.imul(hash ^ word, prime);
  hash = Math.imul(hash ^ hash >>> 15 ^ index, prime);
  return hash ^ hash >>> 13;
}

function run(case_) {
  [modules, compiled, instances, tags, back, registry] = [case_.modules, [], [], [], undefined, Object.create(null)];
  registry.host = host;
  return case_.actions.map(action => {
    trace = [];
    const result = act(action);
    if (trace.length === 0) return result;
    return Array.isArray(result) ? { is: 'returned', values: result, trace } : { ...result, trace };
  });
}

function act(action) {
  const [what, number] = action, alone = what === 'load' || what === 'instantiate';
  if (!alone && instances[number] === undefined) return { is: 'notRun' };
  try {
    return actions[what](action, instances[number]);
  } catch (error) {
    return endOf(error, alone);
  }
}

return {
  cases(request) {
    // Nobody looks at the stack of a trap.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return { is: 'cases', cases: request.cases.map(run) };
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  },
};
