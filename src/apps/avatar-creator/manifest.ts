import { type AppManifest, FOR_MEMBERS, MAKES_PICTURES } from '../manifest'

export const avatarCreatorManifest: AppManifest = {
  id: 'avatar-creator',
  name: { en: 'Avatar Creator', id: 'Pembuat Avatar' },
  description: {
    en: 'One person for all your pictures: from a photo, from words, from a preset or from a reference.',
    id: 'Satu orang untuk semua foto Anda: dari foto, dari kata-kata, dari contoh siap pakai atau dari rujukan.',
  },
  icon: 'user-circle',
  version: '1.0.0',
  routePrefix: '/api/v1/apps/avatar-creator',
  priced: ['upload', 'generate', 'preset', 'reference', 'variation'],
  access: FOR_MEMBERS,
  features: { enabled: true, beta: false, comingSoon: false },
  dashboard: { order: 4, color: 'rose', stats: '/api/v1/apps/avatar-creator/stats' },
  needs: MAKES_PICTURES,
  uses: [],
}
