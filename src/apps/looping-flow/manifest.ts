import { type AppManifest, FOR_MEMBERS } from '../manifest'

export const loopingFlow: AppManifest = {
  id: 'looping-flow',
  name: { en: 'Looping Flow', id: 'Looping Flow' },
  description: {
    en: 'Turns a short clip into one that loops without a visible seam.',
    id: 'Mengubah klip pendek menjadi klip yang berulang tanpa sambungan yang terlihat.',
  },
  icon: 'repeat',
  version: '0.1.0',
  routePrefix: '/api/v1/apps/looping-flow',
  priced: [],
  access: FOR_MEMBERS,
  features: { enabled: true, beta: false, comingSoon: true },
  dashboard: { order: 3, color: 'emerald', stats: null },
  needs: [],
  uses: [],
}
