/**
 * Names of things that are sold, and the words of poses which show such a thing: `what is sold: what poses say`. No pose is
 * made for each of them. One way only: who looks for a bottle does not mean shampoo.
 */
const GROUPS = [
  'bakso mie soto sop bubur ramen seblak cilok dimsum salad sereal: mangkuk bowl makan eating',
  'nasi rendang ayam ikan sambal gudeg pecel rawon steak pasta: piring plate makan eating',
  'martabak gorengan donat roti keripik kripik snack coklat permen biskuit kue burger kebab sosis: makan camilan eating',
  'jus boba es sirup susu thai smoothie matcha latte espresso cappuccino: minum minuman drink cangkir',
  'serum toner sunscreen lotion moisturizer masker sabun shampo shampoo bedak foundation: skincare cream produk product',
  'lipgloss liptint gincu: lipstik lipstick',
  'parfume cologne wangi: parfum perfume',
  'gamis abaya mukena khimar pashmina pasmina ciput kaftan tunik: hijab modest',
  'daster rok terusan kebaya midi maxi: gaun dress',
  'kaus blus sweter kardigan hem polo: baju shirt kaos',
  'sandal sendal heels boots wedges flatshoes sneaker: sepatu shoe',
  'liontin pendant choker rantai: kalung necklace',
  'giwang subang: anting earring',
  'smartwatch arloji wristwatch: jam watch',
  'dompet wallet pouch clutch: tas bag handbag',
  'iphone samsung android charger casing powerbank: ponsel phone',
  'boneka mainan vas lilin hiasan pigura bantal: produk product',
  'kemasan pouch sachet toples stiker label: produk product kotak',
  'bayam wortel cabai bawang sayur sayuran daging: potong memotong masak cook',
  'tanaman pot bibit pupuk: tanaman plant',
]

const heldAs = new Map<string, string[]>()
for (const [sold = '', shown = ''] of GROUPS.map((group) => group.split(': ')))
  for (const word of sold.split(' ')) heldAs.set(word, [...(heldAs.get(word) ?? []), ...shown.split(' ')])

/** Words of poses that show a thing of this name; empty for what is no product. */
export const shownAs = (word: string): string[] => heldAs.get(word) ?? []

/** Every product of the table: a typing mistake may be one of these as well. */
export const productWords: readonly string[] = [...heldAs.keys()]
