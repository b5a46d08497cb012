import { type AppManifest, FOR_MEMBERS } from '../manifest'

export const videoMixer: AppManifest = {
  id: 'video-mixer',
  name: { en: 'Video Mixer', id: 'Video Mixer' },
  description: {
    en: 'Many short videos for shops and ads, mixed from clips that you have.',
    id: 'Banyak video pendek untuk toko dan iklan, dicampur dari klip yang sudah Anda punya.',
  },
  icon: 'film',
  version: '0.1.0',
  routePrefix: '/api/v1/apps/video-mixer',
  priced: [],
  access: FOR_MEMBERS,
  features: { enabled: true, beta: false, comingSoon: true },
  dashboard: { order: 1, color: 'blue', stats: null },
  needs: [],
  uses: [],
}
