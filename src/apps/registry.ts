import { avatarCreatorManifest } from './avatar-creator/manifest'
import { carouselMix } from './carousel-mix/manifest'
import { loopingFlow } from './looping-flow/manifest'
import type { AppManifest } from './manifest'
import { poseGeneratorManifest } from './pose-generator/manifest'
import { videoMixer } from './video-mixer/manifest'

/** Every app of the platform. Another one is a line here (docs/adding-an-app.md). */
const MANIFESTS: readonly AppManifest[] = [
  videoMixer,
  carouselMix,
  loopingFlow,
  avatarCreatorManifest,
  poseGeneratorManifest,
]

export type Registry = {
  get: (id: string) => AppManifest | undefined
  /** In the order of the dashboard; equal ones by id. */
  getAll: () => readonly AppManifest[]
  /** Those that are switched on and not only announced. */
  getEnabled: () => readonly AppManifest[]
  /** Those that the dashboard has a card for: the announced ones too. */
  getDashboardApps: () => readonly AppManifest[]
}

/** Puts manifests in order. Throws when two share an id or a prefix: the Worker then does not start at all. */
export function register(manifests: readonly AppManifest[]): Registry {
  const byId = new Map<string, AppManifest>()
  for (const manifest of manifests) {
    if (byId.has(manifest.id)) throw new Error(`two apps are called ${manifest.id}`)
    if (manifest.routePrefix !== `/api/v1/apps/${manifest.id}`)
      throw new Error(`${manifest.id} has a prefix of another`)
    byId.set(manifest.id, manifest)
  }
  const all = [...byId.values()].sort(inOrder)
  const cards = all.filter(({ features }) => features.enabled)
  const enabled = cards.filter(({ features }) => !features.comingSoon)
  return { get: (id) => byId.get(id), getAll: () => all, getEnabled: () => enabled, getDashboardApps: () => cards }
}

/** By order, equal ones by id: the same list for everybody. */
export const inOrder = (a: AppManifest, b: AppManifest): number =>
  a.dashboard.order - b.dashboard.order || (a.id < b.id ? -1 : 1)

export const registry = register(MANIFESTS)
