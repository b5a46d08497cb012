import { ImageError } from '../render/image/image-error'

/** What a file tells of a picture. Neither words of a prompt nor anything of a person are among it. */
export type ProvenanceFacts = {
  /** Its recipe can be found by this; null when the owner left the recipe out. */
  imageId: string | null
  /** Drawn by the embedded renderer. */
  simulated: boolean
  /** Milliseconds since 1970. */
  createdAt: number
}

/** What a packet says; `null` and `false` for what it does not say. */
export type Provenance = {
  /** IPTC's word for a picture that a trained model made, as a whole or in part. */
  isMarkedAsAi: boolean
  digitalSourceType: string | null
  credit: string | null
  recipeId: string | null
  simulated: boolean
  createdAt: number | null
}

/** IPTC NewsCodes, Digital Source Type; it is what marketplaces and networks look for. */
const SOURCE_TYPES = 'http://cv.iptc.org/newscodes/digitalsourcetype/'
const AI_SOURCE_TYPES = ['trainedAlgorithmicMedia', 'compositeWithTrainedAlgorithmicMedia', 'compositeSynthetic']

export const CREDIT = 'Lumiku'
const RENDERER = 'Lumiku embedded renderer (simulated)'

/** Names come from ISO 16684-1 (xmp, dc), IPTC Photo Metadata 2025.1 (Iptc4xmpExt, photoshop) and ourselves. */
const NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  lumiku: 'urn:lumiku:provenance:1.0:',
}

/** ISO 8601 cannot tell of later; a packet of another date would not be read by everybody. */
const LAST_DATE_MS = Date.UTC(9999, 11, 31)
const isTime = (ms: number): boolean => ms >= 0 && ms <= LAST_DATE_MS

/**
 * The XMP packet (ISO 16684-1), about 1 KB: the same facts, the same bytes. Throws ImageError `invalid` when the id is not one
 * of ours or the time is none.
 */
export function xmpPacket({ imageId, simulated, createdAt }: ProvenanceFacts): Uint8Array {
  if (imageId !== null && !/^[\w-]{1,64}$/.test(imageId)) throw new ImageError('invalid', 'not the id of a picture')
  if (!isTime(createdAt)) throw new ImageError('invalid', 'not the time of a picture')
  const tool = simulated ? RENDERER : CREDIT
  const lines = [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about=""${Object.entries(NAMESPACES)
      .map(([name, uri]) => ` xmlns:${name}="${uri}"`)
      .join('')}>`,
    property('Iptc4xmpExt:DigitalSourceType', `${SOURCE_TYPES}trainedAlgorithmicMedia`),
    property('Iptc4xmpExt:AISystemUsed', tool),
    property('dc:creator', `<rdf:Seq><rdf:li>${CREDIT}</rdf:li></rdf:Seq>`),
    property('photoshop:Credit', CREDIT),
    property('xmp:CreatorTool', tool),
    property('xmp:CreateDate', new Date(createdAt).toISOString()),
    ...(imageId === null ? [] : [property('lumiku:RecipeId', imageId)]),
    ...(simulated ? [property('lumiku:Simulated', 'True')] : []),
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="r"?>',
  ]
  return new TextEncoder().encode(lines.join('\n'))
}

const property = (name: string, value: string): string => `<${name}>${value}</${name}>`

/** Reads a packet of ours, and of others what is written with the usual prefixes, as elements or attributes. */
export function parseXmp(packet: string): Provenance {
  const digitalSourceType = textOf(packet, 'Iptc4xmpExt:DigitalSourceType')
  const createdAt = Date.parse(textOf(packet, 'xmp:CreateDate') ?? '')
  return {
    isMarkedAsAi: AI_SOURCE_TYPES.some((type) => digitalSourceType === SOURCE_TYPES + type),
    digitalSourceType,
    credit: textOf(packet, 'photoshop:Credit'),
    recipeId: textOf(packet, 'lumiku:RecipeId'),
    simulated: textOf(packet, 'lumiku:Simulated') === 'True',
    createdAt: isTime(createdAt) ? createdAt : null,
  }
}

const textOf = (packet: string, name: string): string | null =>
  new RegExp(`<${name}>([^<]{0,400})</${name}>`).exec(packet)?.[1]?.trim() ??
  new RegExp(`\\s${name}\\s*=\\s*["']([^"'<]{0,400})["']`).exec(packet)?.[1]?.trim() ??
  null
