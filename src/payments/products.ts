/** Credit packs. A payment keeps the price and credits of the moment it was made. */
export const PRODUCTS = [
  { id: 'credits-1500', name: '1.500 kredit', credits: 1_500, amountRupiah: 100_000 },
  { id: 'credits-4000', name: '4.000 kredit', credits: 4_000, amountRupiah: 250_000 },
  { id: 'credits-9000', name: '9.000 kredit', credits: 9_000, amountRupiah: 500_000 },
] as const

export const PRODUCT_IDS = PRODUCTS.map((product) => product.id)

export const findProduct = (id: string) => PRODUCTS.find((product) => product.id === id)
