// A worker of the conformance kit (PROTOCOL.md) for the validators that npm has as libraries: wabt and Binaryen, by CONFORMANCE_VALIDATOR.
// They load modules and can do nothing else.
'use strict';
const fs = require('fs'), path = require('path'), { createRequire } = require('module'), { pathToFileURL } = require('url');

// The kit's names of features, and wabt's; mutable globals are of 1.0 for the kit.
const wabtNames = {
  'sign-extension': 'sign_extension', 'saturating-float-to-int': 'sat_float_to_int', 'multi-value': 'multi_value', 'bulk-memory': 'bulk_memory',
  'reference-types': 'reference_types', simd: 'simd', 'extended-const': 'extended_const', 'tail-calls': 'tail_call', exceptions: 'exceptions',
  'legacy-exceptions': 'exceptions', memory64: 'memory64', 'multi-memory': 'multi_memory', 'relaxed-simd': 'relaxed_simd', threads: 'threads',
};
const binaryenNames = {
  'sign-extension': ['SignExt'], 'saturating-float-to-int': ['NontrappingFPToInt'], 'multi-value': ['Multivalue'], 'bulk-memory': ['BulkMemory', 'BulkMemoryOpt'],
  'reference-types': ['ReferenceTypes', 'CallIndirectOverlong'], simd: ['SIMD128'], 'extended-const': ['ExtendedConst'], 'tail-calls': ['TailCall'],
  exceptions: ['ExceptionHandling'], 'legacy-exceptions': ['ExceptionHandling'], memory64: ['Memory64'], 'multi-memory': ['MultiMemory'],
  'relaxed-simd': ['RelaxedSIMD'], threads: ['Atomics'], 'stack-switching': ['StackSwitching'], 'custom-descriptors': ['CustomDescriptors'], 'wide-arithmetic': ['WideArithmetic'],
};

// The libraries are where the engines are installed: beside the program that runs this, or beside this.
function locate(name) {
  for (const from of [path.join(process.execPath, '../../../..', 'x.js'), __filename]) {
    try {
      return createRequire(from).resolve(name);
    } catch { /* the next place */ }
  }
  throw new Error(`the npm package ${name} is not installed: conformance engines install npm`);
}

function versionOf(file) { return JSON.parse(fs.readFileSync(path.join(path.dirname(file), 'package.json'))).version; }

async function wabt() {
  const file = locate('wabt'), library = await require(file)();
  let flags;
  return {
    name: 'wabt', version: versionOf(file), features: Object.keys(wabtNames),
    reset(features) {
      flags = { mutable_globals: true };
      for (const [name, flag] of Object.entries(wabtNames)) flags[flag] = flags[flag] === true || features.includes(name);
    },
    check(bytes) {
      const module = library.readWasm(bytes, flags);
      try {
        module.validate(flags);
      } finally {
        module.destroy();
      }
    },
  };
}

async function binaryen() {
  const file = locate('binaryen'), { default: library } = await import(pathToFileURL(file));
  const { Features } = library, names = Object.fromEntries(Object.entries(binaryenNames).filter(([, flags]) => flags.some(flag => flag in Features)));
  let enabled;
  return {
    name: 'binaryen', version: versionOf(file), features: Object.keys(names),
    reset(features) {
      enabled = Features.MVP | Features.MutableGlobals;
      for (const feature of features) for (const flag of names[feature] ?? []) enabled |= Features[flag] ?? 0;
    },
    check(bytes) {
      const said = [], { log, error } = console;
      console.log = console.error = text => said.push(text);
      try {
        const module = library.readBinary(bytes);
        module.setFeatures(enabled);
        const valid = module.validate();
        module.dispose();
        if (!valid) throw new Error(said.find(s => /error/.test(s)) ?? said[0] ?? 'invalid');
      } finally {
        Object.assign(console, { log, error });
      }
    },
  };
}

function messageOf(error) { return String(error?.message ?? error).replace(/^\w+ failed:\n/, '').trim().split('\n')[0].replace(/^.*?[0-9a-f]{7}: (error: )?/, ''); }

(process.env.CONFORMANCE_VALIDATOR === 'binaryen' ? binaryen : wabt)().then(({ name, version, features, reset, check }) => {
  const requests = {
    hello: () => ({
      is: 'hello', protocol: 1, name, version, requests: [], features, profiles: true, malformed: false,
      lacks: { instantiate: `the library ${name} validates modules and does not run them` },
    }),
    reset(request) {
      reset(request.features);
      return { is: 'done' };
    },
    load(request) {
      try {
        check(Uint8Array.from(Buffer.from(request.hex, 'hex')));
        return { is: 'loaded' };
      } catch (error) {
        return { is: 'rejected', message: messageOf(error) };
      }
    },
    bye: () => ({ is: 'done' }),
  };
  for (let pending = '', buffer = Buffer.alloc(1 << 16), count; (count = fs.readSync(0, buffer)) > 0;) {
    const lines = (pending + buffer.toString('latin1', 0, count)).split('\n');
    pending = lines.pop();
    for (const request of lines.map(line => JSON.parse(line))) {
      fs.writeSync(1, JSON.stringify({ id: request.id, ...requests[request.do](request) }) + '\n');
      if (request.do === 'bye') process.exit(0);
    }
  }
}, error => {
  console.error(error.message);
  process.exit(1);
});
