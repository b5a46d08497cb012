import type { PromptParts } from '../../src/apps/pose-generator/prompt'

const chest =
  'full body photo, product at chest, right hand, standing, right hand in front of the chest, looking at the camera, front view'
const sitting = 'half body photo, sitting, both hands resting on the leg, looking down, front view'
const handshake = 'full body photo, handshake, smiling at camera, two people standing, three-quarter view facing right'
const sari = {
  ...{ gender: 'female', ageRange: '25-34', ethnicity: 'Indonesian', bodyType: 'slim', hairStyle: 'long wavy' },
  ...{ hairColor: 'black', eyeColor: 'dark brown', skinTone: 'warm tan', style: 'casual' },
}
const plain = { poseHint: chest, wanted: '', background: null }
const solid = (color: string) => ({ ...plain, background: { mode: 'solid_color' as const, color } })
const scene = (prompt: string) => ({ ...plain, background: { mode: 'ai_generate' as const, prompt } })

/** Shoots as sellers ask for them; the prompts are in golden/prompts.json. */
export const PROMPT_CASES: Record<string, PromptParts> = {
  'a pose of the library and nothing else': plain,
  'words of the seller': { ...plain, wanted: 'memegang kotak teh hijau, tersenyum' },
  'words of the seller in sentences': { ...plain, wanted: 'She holds a tea box. She smiles at us.' },
  'words that the pose says already': { ...plain, wanted: 'Standing, holding a tea box, FRONT VIEW' },
  'a pose that says something twice': { ...plain, poseHint: 'full body photo, sitting, shoe forward, sitting' },
  'a comma inside a number': { ...plain, wanted: 'holding a bottle of 1,5 liter, price tag Rp 25.000' },
  'several lines, tabs and stray commas': { ...plain, wanted: ',, holding a box,\n\n\twearing   batik ;\r\nsmiling .' },
  'invisible signs': { ...plain, wanted: 'holding\u200b a \u202ebox\u202c\ufeff' },
  'two people': { ...plain, poseHint: handshake, wanted: 'both wear batik' },
  'a white studio': solid('#FFFFFF'),
  'a colour in small letters': solid('#ff8800'),
  'a dark blue': solid('#0a2050'),
  'a colour between pink and brown': solid('#C08A90'),
  'a background in words': scene('rice field in the morning, soft mist'),
  'a background of several lines': scene('warung kopi,\nmeja kayu'),
  'a background that was uploaded': { ...plain, background: { mode: 'upload' } },
  'an avatar whose looks are known': { ...plain, avatar: sari },
  'an avatar with little known': { ...plain, avatar: { gender: 'male' } },
  'an avatar in a hijab': { ...plain, avatar: { gender: 'female', hairStyle: 'hijab', hairColor: 'sage green' } },
  'an avatar that is neither': { ...plain, avatar: { gender: 'non-binary', ageRange: 'elderly' } },
  'an avatar with a persona': {
    ...{ ...plain, avatar: sari },
    persona: { age: 28, personality: ['warm', 'confident', 'calm'], background: 'owner of a batik shop in Solo' },
  },
  'a persona without looks': { ...plain, persona: { personality: ['cheerful'] } },
  'a chair that the pose does not name': { ...plain, poseHint: sitting, props: ['chair'] },
  'a chair that the pose names': { ...plain, poseHint: `${sitting}, on the edge of a chair`, props: ['chair'] },
  'a product that the seller names': { ...plain, poseHint: sitting, wanted: 'a jar of sambal', props: ['product'] },
  'a product that nobody names': { ...plain, poseHint: sitting, props: ['product', 'table'] },
  everything: {
    ...{ poseHint: sitting, wanted: 'holding a jar of sambal, red apron', props: ['product', 'stool'] },
    ...{ avatar: sari, persona: { age: 31, personality: ['friendly'], background: 'cook' } },
    background: { mode: 'ai_generate', prompt: 'a bright kitchen' },
  },
  'more than fits: the seller is heard, the rest is left out': {
    ...{ poseHint: chest, background: { mode: 'solid_color', color: '#2E9E4A' } },
    wanted: Array.from({ length: 30 }, (_, i) => `kemasan nomor ${i} berwarna merah muda`).join(', '),
  },
  'hundreds of letters without a comma': { ...plain, wanted: `${'abcdefghij '.repeat(180)}` },
}
