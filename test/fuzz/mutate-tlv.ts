/**
 * Changes that fit ASN.1: elements removed, doubled, exchanged, put into each other; lengths that lie, or are written in
 * another way. The lengths around a change are written anew, so that the change is reached.
 */
import type { Mutator } from './mutate-bytes.ts';
import type { Random } from './random.ts';

interface Node {
  readonly tag: number;
  /** Primitive contents, or elements. */
  readonly value: Buffer | readonly Node[];
}

const MAX_DEPTH = 24;

/** Leniently: what is not a whole element is contents. */
function readNodes(bytes: Buffer, depth = 0): readonly Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = headAt(bytes, at);
    if (head === undefined) return undefined;
    const contents = bytes.subarray(head.start, head.end);
    // Tokens within OCTET STRINGs are looked into as well: most of Kerberos travels in one.
    const inside = depth < MAX_DEPTH && contents.length > 1 ? readNodes(contents, depth + 1) : undefined;
    nodes.push({ tag: bytes[at] ?? 0, value: inside ?? contents });
    at = head.end;
  }
  return nodes;
}

function headAt(bytes: Buffer, at: number): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined || first === 0x80) return undefined;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (octets > 4 || at + 2 + octets > bytes.length) return undefined;
  const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
  const start = at + 2 + octets;
  return start + length > bytes.length ? undefined : { start, end: start + length };
}

type Length = 'shortest' | 'long' | 'indefinite' | 'lie';

function write({ tag, value }: Node, changed?: Node, how: Length = 'shortest'): Buffer {
  const contents = Buffer.isBuffer(value) ? value : Buffer.concat(value.map((node) => write(node, changed, how)));
  const own = changed !== undefined && changed.tag === tag && changed.value === value ? how : 'shortest';
  return Buffer.concat([Buffer.of(tag), lengthOf(contents.length, own), contents, own === 'indefinite' ? EOC : NONE]);
}

const EOC = Buffer.alloc(2);
const NONE = Buffer.alloc(0);

function lengthOf(length: number, how: Length): Buffer {
  if (how === 'indefinite') return Buffer.of(0x80);
  if (how === 'lie') return Buffer.of(0x84, 0xff, 0xff, 0xff, 0xff);
  if (how === 'shortest' && length < 0x80) return Buffer.of(length);
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(length);
  const leading = octets.findIndex((octet) => octet !== 0);
  const short = how === 'long' ? octets : octets.subarray(leading === -1 ? 3 : leading);
  return Buffer.concat([Buffer.of(0x80 | short.length), short]);
}

const all = (nodes: readonly Node[]): readonly Node[] =>
  nodes.flatMap((node) => [node, ...(Buffer.isBuffer(node.value) ? [] : all(node.value as readonly Node[]))]);

/** The tree with one node made into others. */
function exchange(nodes: readonly Node[], target: Node, by: (node: Node) => readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => {
    if (node === target) return by(node);
    return [
      Buffer.isBuffer(node.value) ? node : { ...node, value: exchange(node.value as readonly Node[], target, by) },
    ];
  });
}

const TAGS = [
  0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x18, 0x1b, 0x1f, 0x30, 0x31, 0x60, 0x61, 0x80, 0xa0, 0xa1, 0xa2,
];

function change(random: Random, pool: readonly Node[]): (node: Node) => readonly Node[] {
  switch (random.below(7)) {
    case 0:
      return () => [];
    case 1: {
      const times = random.pick([2, 2, 33, 2_000]);
      return (node) => Array.from({ length: times }, () => node);
    }
    case 2:
      return (node) => [{ ...node, tag: random.pick(TAGS) }];
    case 3: {
      const depth = random.pick([1, 2, 40]);
      return (node) => [Array.from({ length: depth }).reduce<Node>((inner) => ({ ...inner, value: [inner] }), node)];
    }
    case 4:
      return (node) => [{ ...node, value: random.bytes(random.pick([0, 1, 2, 4, 5, 8, 200])) }];
    default:
      return () => [random.pick(pool)];
  }
}

const treeChange: Mutator = (input, random, pool) => {
  const nodes = readNodes(input);
  const others = readNodes(random.pick(pool));
  if (nodes === undefined || nodes.length === 0) return input;
  const target = random.pick(all(nodes));
  const made = exchange(nodes, target, change(random, all(others ?? nodes)));
  return Buffer.concat(made.map((node) => write(node)));
};

const lengthChange: Mutator = (input, random) => {
  const nodes = readNodes(input);
  if (nodes === undefined || nodes.length === 0) return input;
  const target = random.pick(all(nodes));
  const how = random.pick<Length>(['long', 'indefinite', 'lie']);
  return Buffer.concat(nodes.map((node) => write(node, target, how)));
};

export const TLV: readonly Mutator[] = [treeChange, treeChange, treeChange, lengthChange];
