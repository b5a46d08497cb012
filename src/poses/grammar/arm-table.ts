// How each pose of the arms is made, and how it is said. The first setting is the plainest; the others are variations
// in which what was said stays true.
import type { ArmName } from '../rig/arm-settings'
import type { ArmPose } from './parts'

export type ArmRow = {
  one: readonly ArmName[]
  /** Left and right when both hands do it; without it both take the same setting of `one`. */
  both?: readonly (readonly [ArmName, ArmName])[]
  en: string
  id: string
  /** How both hands are said, when it is not `both hands ...`. */
  bothEn?: string
  bothId?: string
}

const row = (one: readonly ArmName[], en: string, id: string, more: Partial<ArmRow> = {}): ArmRow => ({
  one,
  en,
  id,
  ...more,
})

export const ARM_TABLE: Record<ArmPose, ArmRow> = {
  down: row(['relaxed', 'relaxedOut', 'relaxedIn'], 'relaxed at the side', 'rileks di samping badan', {
    bothEn: 'arms relaxed at the sides',
    bothId: 'kedua tangan rileks di samping badan',
  }),
  hip: row(['hip', 'hipFist', 'hipBack'], 'on the hip', 'di pinggang', { bothEn: 'both hands on the hips' }),
  pocket: row(['pocket', 'pocketThumb'], 'in the trouser pocket', 'di saku celana', {
    bothEn: 'both hands in the trouser pockets',
  }),
  jacketPocket: row(['jacketPocket'], 'in the jacket pocket', 'di saku jaket'),
  backPocket: row(['backPocket'], 'in the back pocket', 'di saku belakang'),
  crossed: row(['crossTop'], 'across the chest', 'menyilang di dada', {
    both: [
      ['crossUnder', 'crossTop'],
      ['crossTop', 'crossUnder'],
    ],
    bothEn: 'arms crossed over the chest',
    bothId: 'tangan bersedekap',
  }),
  up: row(['armUpV', 'reachUp', 'armUpFist'], 'raised high', 'terangkat ke atas', { bothEn: 'both arms raised high' }),
  open: row(['armOut', 'armOutUp'], 'stretched out to the side', 'terentang ke samping', {
    bothEn: 'arms spread wide open',
    bothId: 'kedua tangan terbuka lebar',
  }),
  side: row(['armOutLow', 'armOut'], 'out to the side', 'ke samping'),
  forward: row(['offer', 'presentFwd'], 'reaching forward', 'terulur ke depan'),
  back: row(['behindBackLow', 'behindBack'], 'behind the back', 'di belakang punggung'),
  propped: row(['floorBack'], 'propped on the floor behind', 'bertumpu di lantai', {
    bothEn: 'leaning back on both hands',
    bothId: 'bertumpu pada kedua tangan di belakang',
  }),
  clasp: row(['thighFront'], 'in front of the body', 'di depan badan', {
    both: [
      ['claspLow', 'claspLowO'],
      ['claspMid', 'claspMidO'],
    ],
    bothEn: 'hands clasped in front of the body',
    bothId: 'kedua tangan bertaut di depan badan',
  }),
  pointUp: row(['pointUp', 'pointUpHigh'], 'pointing up', 'menunjuk ke atas'),
  pointDown: row(['pointDown'], 'pointing down', 'menunjuk ke bawah'),
  pointSide: row(['pointSideFar'], 'pointing to the side', 'menunjuk ke samping'),
  pointAcross: row(['pointAcross'], 'pointing across the body', 'menunjuk ke sisi seberang'),
  pointFront: row(['pointCam', 'pointFwd'], 'pointing at the camera', 'menunjuk ke kamera'),
  pointSelf: row(['pointSelf'], 'pointing at oneself', 'menunjuk diri sendiri'),
  wave: row(['wave', 'waveHigh'], 'waving', 'melambai'),
  thumb: row(['thumbsUp', 'thumbsUpHigh', 'thumbsUpSide'], 'giving a thumbs up', 'mengacungkan jempol'),
  thumbDown: row(['thumbsDown'], 'giving a thumbs down', 'jempol ke bawah'),
  peace: row(['peace', 'peaceFace'], 'making a peace sign', 'membentuk tanda peace'),
  okay: row(['ok', 'okFar'], 'making an OK sign', 'membentuk tanda oke'),
  fingerHeart: row(['fingerHeart', 'fingerHeartFace'], 'making a finger heart', 'membentuk finger heart'),
  heartShape: row(['fingerHeart'], 'making a heart', 'membentuk hati', {
    both: [['heartChest', 'heartChest']],
    bothEn: 'both hands making a heart shape in front of the chest',
    bothId: 'kedua tangan membentuk hati di depan dada',
  }),
  stop: row(['stop', 'stopSide'], 'held up flat in a stop gesture', 'memberi isyarat berhenti'),
  clap: row(['clap'], 'clapping', 'bertepuk', { bothEn: 'clapping hands', bothId: 'bertepuk tangan' }),
  pray: row(['pray'], 'flat before the chest', 'rapat di depan dada', {
    bothEn: 'palms pressed together in front of the chest',
    bothId: 'kedua telapak tangan rapat di dada',
  }),
  salute: row(['salute'], 'saluting', 'memberi hormat'),
  shrug: row(['shrug'], 'turned up in a shrug', 'terbuka mengangkat bahu', {
    bothEn: 'shrugging with open palms',
    bothId: 'mengangkat bahu',
  }),
  flex: row(['flex'], 'flexing the biceps', 'menunjukkan otot'),
  fist: row(['fistPump'], 'in a raised fist', 'mengepal'),
  hush: row(['shush'], 'with the finger on the lips', 'dengan jari di bibir'),
  present: row(['presentSide', 'presentWide'], 'open, presenting to the side', 'terbuka mempersilakan'),
  hug: row(['selfHug'], 'hugging', 'memeluk', { bothEn: 'both arms hugging', bothId: 'memeluk' }),
  knee: row(['onKnee'], 'on the knee', 'di lutut', { bothEn: 'both hands on the knees' }),
  thigh: row(['onThigh'], 'on the thigh', 'di paha', { bothEn: 'both hands on the thighs' }),
  shoulder: row(['shoulderO'], 'on the other shoulder', 'di bahu seberang'),
  chin: row(['chinThink', 'chin', 'chinFist'], 'on the chin', 'di dagu', { both: [['jaw', 'jaw']] }),
  cheek: row(['cheek', 'cheekTip'], 'on the cheek', 'di pipi', { bothEn: 'both hands on the cheeks' }),
  behindHead: row(['behindHead'], 'behind the head', 'di belakang kepala'),
  hair: row(['hairSide', 'hairTop'], 'touching the hair', 'menyentuh rambut'),
  hat: row(['hatBrim', 'hatTop'], 'touching the hat', 'memegang topi'),
  glasses: row(['glasses'], 'touching the glasses', 'memegang kacamata'),
  mouth: row(['mouth'], 'over the mouth', 'di mulut'),
  heart: row(['heart', 'heartFist'], 'on the chest', 'di dada'),
  shade: row(['visor'], 'shading the eyes', 'menaungi mata'),
  ear: row(['ear'], 'holding a phone to the ear', 'menempelkan ponsel di telinga'),
  selfie: row(['selfie', 'selfieHigh'], 'holding up a phone for a selfie', 'mengangkat ponsel untuk selfie'),
  holdChest: row(['productChest', 'cupChest'], 'holding * in front of the chest', 'memegang * di depan dada', {
    both: [
      ['boxSide', 'boxSide'],
      ['productChest', 'productChest'],
    ],
  }),
  holdFace: row(['productFace'], 'holding * beside the face', 'memegang * di samping wajah', {
    both: [['boxFace', 'boxFace']],
  }),
  holdOverhead: row(['productUp'], 'holding * up high', 'mengangkat * di atas kepala', {
    both: [['boxHigh', 'boxHigh']],
  }),
  holdFront: row(['productFwd'], 'holding * out to the camera', 'menyodorkan * ke depan', {
    both: [['boxFwd', 'boxFwd']],
  }),
  holdPalm: row(['productPalm', 'productPalmHigh'], 'holding * on the open palm', 'menyajikan * di telapak tangan', {
    both: [['tray', 'tray']],
  }),
  holdSide: row(['productSide'], 'showing * at the side', 'menunjukkan * di samping'),
  drink: row(['cupMouth'], 'drinking from *', 'minum dari *', { both: [['cupBothMouth', 'cupBothMouth']] }),
  holdDown: row(['bagDown'], 'carrying * at the side', 'menjinjing * di samping'),
}

/** Both hands meet around what is small; what is wide they hold at its sides. */
export const HELD_CLOSE = new Set(['bottle', 'cup', 'phone', 'book', 'flower', 'microphone'])

/** What is held, in both languages. */
export const OBJECTS: Record<string, { en: string; id: string }> = {
  product: { en: 'the product', id: 'produk' },
  box: { en: 'a box', id: 'kotak' },
  gift: { en: 'a gift', id: 'kado' },
  bottle: { en: 'a bottle', id: 'botol' },
  cup: { en: 'a cup', id: 'cangkir' },
  bag: { en: 'a bag', id: 'tas' },
  phone: { en: 'a phone', id: 'ponsel' },
  laptop: { en: 'a laptop', id: 'laptop' },
  book: { en: 'a book', id: 'buku' },
  flower: { en: 'flowers', id: 'bunga' },
  doll: { en: 'a plush toy', id: 'boneka' },
  plate: { en: 'a plate', id: 'piring' },
  microphone: { en: 'a microphone', id: 'mikrofon' },
  clothes: { en: 'a garment', id: 'baju' },
  shoe: { en: 'a shoe', id: 'sepatu' },
}
