import { type AppManifest, FOR_MEMBERS, MAKES_PICTURES } from '../manifest'

export const poseGeneratorManifest: AppManifest = {
  id: 'pose-generator',
  name: { en: 'Pose Generator', id: 'Pembuat Pose' },
  description: {
    en: 'The same person in dozens of poses, with the background and in the sizes that shops ask for.',
    id: 'Orang yang sama dalam puluhan pose, dengan latar dan ukuran yang diminta toko daring.',
  },
  icon: 'user-square',
  version: '1.0.0',
  routePrefix: '/api/v1/apps/pose-generator',
  priced: ['pose', 'background'],
  access: FOR_MEMBERS,
  features: { enabled: true, beta: false, comingSoon: false },
  dashboard: { order: 5, color: 'indigo', stats: '/api/v1/apps/pose-generator/stats' },
  needs: MAKES_PICTURES,
  uses: ['previews'],
}
