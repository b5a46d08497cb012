import { type AppManifest, FOR_MEMBERS } from '../manifest'

export const carouselMix: AppManifest = {
  id: 'carousel-mix',
  name: { en: 'Carousel Mix', id: 'Carousel Mix' },
  description: {
    en: 'Carousel posts from your pictures and texts, in every combination.',
    id: 'Unggahan carousel dari gambar dan teks Anda, dalam semua kombinasi.',
  },
  icon: 'layers',
  version: '0.1.0',
  routePrefix: '/api/v1/apps/carousel-mix',
  priced: [],
  access: FOR_MEMBERS,
  features: { enabled: true, beta: false, comingSoon: true },
  dashboard: { order: 2, color: 'violet', stats: null },
  needs: [],
  uses: [],
}
