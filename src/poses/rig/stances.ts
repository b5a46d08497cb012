// Stances of the legs, pelvis and spine. Those for one side have their other side by `mirrored`.
import type { LegSpec, Stance } from './spec'

/** A leg that stands on nothing, by its angles: raised forward, out, bent at the knee; toes pointed by `pt`. */
const free = (flex: number, abd: number, knee: number, rot = 0, pt = 40): LegSpec => ({
  fk: { flex, abd, knee, rot },
  pt,
})

// biome-ignore format: one stance per line
export const STANCES = {
  neutral: { legs: { L: { foot: [0.095, 0.01], yaw: 10 }, R: { foot: [0.095, -0.01], yaw: 9 } }, w: 'B', flex: 4 },
  together: { legs: { L: { foot: [0.055, 0.015], yaw: 3 }, R: { foot: [0.055, -0.015], yaw: 3 } }, w: 'B', flex: 4 },
  shoulder: { legs: { L: { foot: [0.155, 0.01], yaw: 13 }, R: { foot: [0.155, -0.01], yaw: 13 } }, w: 'B', flex: 5 },
  wide: { legs: { L: { foot: [0.25, 0], yaw: 18 }, R: { foot: [0.25, 0], yaw: 18 } }, w: 'B', flex: 6 },
  xwide: { legs: { L: { foot: [0.36, 0], yaw: 24 }, R: { foot: [0.36, 0], yaw: 24 } }, w: 'B', flex: 8 },
  contraR: { pelvis: { x: -0.055, yaw: 6, list: -7 }, spine: { side: -9, twist: -8, bend: 1 }, legs: { L: { foot: [0.14, 0.11], yaw: 28, heel: 0, knee: [0.35, 0, 1] }, R: { foot: [0.05, -0.03], yaw: 6 } }, w: 'R', flex: 2 },
  easeR: { pelvis: { x: -0.04, yaw: 3, list: -4 }, spine: { side: -5, twist: -4 }, legs: { L: { foot: [0.125, 0.055], yaw: 18 }, R: { foot: [0.065, -0.02], yaw: 8 } }, w: 'R', flex: 3 },
  kneePopL: { pelvis: { x: -0.05, yaw: -6, list: -6 }, spine: { side: -8, twist: 6 }, legs: { L: { foot: [0.035, 0.1], yaw: -6, heel: 34, knee: [-0.25, 0, 1] }, R: { foot: [0.05, -0.02], yaw: 10 } }, w: 'R', flex: 2 },
  crossed: { pelvis: { x: -0.03, yaw: 4, list: -3 }, spine: { side: -4, twist: -4 }, legs: { L: { foot: [-0.07, 0.165], yaw: 6, heel: 6, knee: [0.1, 0, 1] }, R: { foot: [0.05, -0.03], yaw: 8 } }, w: 'R', flex: 3 },
  stepL: { pelvis: { x: 0, z: 0.05, yaw: -6, list: -2 }, spine: { twist: 7 }, legs: { L: { foot: [0.07, 0.26], yaw: 8 }, R: { foot: [0.07, -0.12], yaw: 12, heel: 18 } }, w: 'L', flex: 12 },
  tiptoe: { legs: { L: { foot: [0.06, 0.01], yaw: 8, heel: 44 }, R: { foot: [0.06, -0.01], yaw: 8, heel: 44 } }, w: 'B', flex: 4, pelvis: { z: 0.075 } },
  walkL: { pelvis: { z: 0.03, yaw: -9, list: 3 }, spine: { twist: 17, bend: 2 }, legs: { L: { foot: [0.06, 0.33], yaw: 5, heel: -16 }, R: { foot: [0.06, -0.30], yaw: 7, heel: 32 } }, w: 'L', flex: 6 },
  runDrive: { pelvis: { h: 0.88, yaw: -10, tilt: 10, list: -4 }, spine: { twist: 24, bend: 8 }, legs: { L: { fk: { flex: 78, knee: 92, abd: 3 }, pt: 8 }, R: { fk: { flex: -28, knee: 22, abd: 3 }, pt: 62 } } },
  runFloat: { pelvis: { h: 0.98, yaw: 12, tilt: 8, list: 3 }, spine: { twist: -26, bend: 8 }, legs: { R: { fk: { flex: 48, knee: 38, abd: 3 }, pt: 10 }, L: { fk: { flex: -26, knee: 95, abd: 3 }, pt: 55 } } },
  lungeL: { pelvis: { z: 0.06, yaw: -4 }, legs: { L: { foot: [0.1, 0.44], yaw: 6 }, R: { foot: [0.1, -0.46], yaw: 6, heel: 48 } }, w: 'L', flex: 84 },
  deepSquat: { pelvis: { h: 0.22, z: -0.15, tilt: 14 }, spine: { bend: 20 }, legs: { L: { foot: [0.16, 0.04], yaw: 22, knee: [0.55, 0.4, 1] }, R: { foot: [0.16, 0.04], yaw: 22, knee: [0.55, 0.4, 1] } } },
  crouch: { pelvis: { h: 0.36, z: -0.1, tilt: 20, yaw: 0 }, spine: { bend: 14 }, legs: { L: { foot: [0.11, 0.1], yaw: 12, knee: [0.25, 0.3, 1] }, R: { foot: [0.1, -0.18], yaw: 10, heel: 48, knee: [0.2, -0.1, 1] } } },
  kneelOne: { pelvis: { h: 0.5, z: -0.06 }, legs: { L: { foot: [0.1, 0.32], yaw: 8 }, R: { ankle: [0.09, 0.075, -0.44], knee: [0.1, -1, 0.5], pt: 78 } } },
  kneelBoth: { pelvis: { h: 0.475 }, legs: { L: { ankle: [0.1, 0.065, -0.395], knee: [0.15, -1, 0.6], pt: 84 }, R: { ankle: [0.1, 0.065, -0.395], knee: [0.15, -1, 0.6], pt: 84 } } },
  sit: { pelvis: { h: 0.56, z: -0.02, tilt: -4 }, spine: { bend: 3 }, legs: { L: { foot: [0.11, 0.42], yaw: 8 }, R: { foot: [0.11, 0.42], yaw: 8 } } },
  sitTogether: { pelvis: { h: 0.56, tilt: -2 }, legs: { L: { foot: [0.05, 0.40], yaw: 2, knee: [-0.1, 0.6, 1] }, R: { foot: [0.05, 0.40], yaw: 2, knee: [-0.1, 0.6, 1] } } },
  sitCrossR: { pelvis: { h: 0.565, tilt: -3, yaw: 6, list: -3 }, spine: { side: -2, twist: -4 }, legs: { L: { foot: [0.04, 0.37], yaw: 0, knee: [0, 0.6, 1] }, R: { ankle: [-0.19, 0.34, 0.56], knee: [-0.05, 1, 0.35], pt: 30 } } },
  sitWide: { pelvis: { h: 0.56, z: 0, tilt: -2 }, spine: { bend: 6 }, legs: { L: { foot: [0.25, 0.36], yaw: 26, knee: [0.55, 0.5, 1] }, R: { foot: [0.25, 0.36], yaw: 26, knee: [0.55, 0.5, 1] } } },
  stool: { pelvis: { h: 0.84, tilt: 2 }, spine: { bend: 0 }, legs: { L: { foot: [0.13, 0.19], yaw: 16, y: 0.28, heel: 10, knee: [0.4, 0.4, 1] }, R: { foot: [0.11, 0.32], yaw: 10, heel: 0, knee: [0.2, 0.4, 1] } } },
  stoolCross: { pelvis: { h: 0.845, tilt: 0, yaw: 6, list: -3 }, spine: { twist: -6 }, legs: { L: { foot: [0.05, 0.20], yaw: 2, y: 0.28, heel: 10, knee: [0.05, 0.5, 1] }, R: { ankle: [-0.19, 0.62, 0.50], knee: [-0.05, 1, 0.35], pt: 36 } } },
  floorCross: { pelvis: { h: 0.115, tilt: -2 }, spine: { bend: 6 }, legs: { L: { ankle: [-0.11, 0.075, 0.27], knee: [1, 0.30, 0.55], dir: [-0.9, 0.05, 0.35], sole: [-0.2, -0.9, 0.4] }, R: { ankle: [-0.13, 0.085, 0.36], knee: [1, 0.28, 0.55], dir: [-0.9, 0.05, 0.30], sole: [-0.2, -0.9, 0.4] } } },
  floorSideL: { pelvis: { h: 0.13, list: 8, yaw: 10, tilt: -2 }, spine: { side: 12, twist: -10, bend: 4 }, legs: { L: { ankle: [0.38, 0.07, 0.06], knee: [0.2, 0.2, 1], dir: [0.7, -0.05, -0.5], sole: [0.1, -1, 0.2] }, R: { ankle: [-0.14, 0.07, 0.2], knee: [-0.5, 0.25, 1], dir: [-0.85, -0.02, -0.2], sole: [0.1, -0.6, 0.8] } } },
  floorOneUp: { pelvis: { h: 0.11, z: -0.06, tilt: -14 }, spine: { bend: 14 }, legs: { L: { foot: [0.11, 0.42], yaw: 8, knee: [0.15, 1, 0.5] }, R: { ankle: [0.12, 0.07, 0.75], knee: [0.2, 1, 0.2], pt: -8 } } },
  floorLegsOut: { pelvis: { h: 0.11, z: -0.06, tilt: -16 }, spine: { bend: 12 }, legs: { L: { ankle: [0.1, 0.075, 0.77], knee: [0.2, 1, 0.2], pt: -8 }, R: { ankle: [0.1, 0.075, 0.74], knee: [0.2, 1, 0.2], pt: -8 } } },
  seiza: { pelvis: { h: 0.245, z: -0.1, tilt: 2 }, legs: { L: { ankle: [0.075, 0.06, -0.18], knee: [0.18, 0.15, 1], dir: [-0.1, 0.05, -1], sole: [0, 1, -0.05] }, R: { ankle: [0.075, 0.06, -0.18], knee: [0.18, 0.15, 1], dir: [-0.1, 0.05, -1], sole: [0, 1, -0.05] } } },
  jumpHop: { pelvis: { h: 1.06 }, legs: { L: free(14, 6, 46), R: free(2, 6, 28) } },
  jumpStar: { pelvis: { h: 1.32 }, legs: { L: free(2, 36, 8, 10), R: free(2, 36, 8, 10) } },
  jumpTuck: { pelvis: { h: 1.3 }, spine: { bend: 6 }, legs: { L: free(58, 12, 110), R: free(44, 12, 118) } },
  leanWall: { pelvis: { z: -0.13, tilt: -8 }, spine: { bend: 4 }, legs: { L: { foot: [0.09, 0.16], yaw: 8 }, R: { foot: [0.09, 0.12], yaw: 8 } }, w: 'B', flex: 6},
  leanWallCrossed: { pelvis: { z: -0.14, tilt: -9 }, spine: { bend: 5 }, legs: { L: { foot: [0.08, 0.13], yaw: 10 }, R: { foot: [-0.07, 0.16], yaw: 4 } }, w: 'L', flex: 8},
  leanWallFootUp: { pelvis: { z: -0.1, tilt: -8 }, spine: { bend: 4 }, legs: { L: { foot: [0.08, 0.16], yaw: 10 }, R: { ankle: [0.09, 0.42, -0.2], knee: [0.25, 0.2, 1], pt: -8, dir: [0.1, 0.55, 0.85] } }, w: 'L', flex: 6},
  lieBack: { pelvis: { h: 0.12, rx: -88 }, spine: { bend: 4 }, legs: { L: { foot: [0.1, 0.42], yaw: 4, knee: [0.05, 1, 0.2] }, R: { foot: [0.1, 0.36], yaw: 4, knee: [0.05, 1, 0.2] } }},
  lieBackFlat: { pelvis: { h: 0.12, rx: -90 }, legs: { L: free(0, 8, 4, 10, 50), R: free(0, 6, 4, 10, 50) } },
  lieFront: { pelvis: { h: 0.13, rx: 82 }, spine: { bend: -41 }, legs: { L: free(0, 6, 78), R: free(0, 6, 102) } },
  lieSide: { pelvis: { h: 0.135, list: 90 }, spine: { side: 38 }, legs: { L: free(34, -3, 46), R: free(16, 0, 26) } },
  kneeLift: { pelvis: { x: -0.03 }, legs: { L: free(62, 6, 78, 4, 30), R: { foot: [0.05, 0], yaw: 8 } }, w: 'R', flex: 3},
  heelBack: { pelvis: { x: -0.03, tilt: 2 }, spine: { side: -5, twist: 6 }, legs: { L: free(-4, 4, 88, 4, 52), R: { foot: [0.05, 0], yaw: 8 } }, w: 'R', flex: 4},
} satisfies Record<string, Stance>
