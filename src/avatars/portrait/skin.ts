// How much a colour looks like skin.

/**
 * 0..1 for sRGB 0..255. Two published rules have to agree: the box in chroma that holds skin of every tone (Chai and Ngan,
 * "Face segmentation using skin-color map in videophone applications", IEEE TCSVT 9(4), 1999: Cb 77..127, Cr 133..173), and
 * red over green over blue (Kovac, Peer, Solina, "Human skin colour clustering for face detection", EUROCON 2003), whose
 * limits on brightness are left out because they refuse dark skin. The edges are soft: photos are not lit by daylight only.
 */
export function skinLikelihood(r: number, g: number, b: number): number {
  if (r < 36 || r <= g || r - b < 8) return 0
  const cb = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b
  const cr = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b
  return ramp(cr, 130, 135) * ramp(-cr, -182, -173) * ramp(cb, 70, 78) * ramp(-cb, -130, -126) * ramp(r - g, 2, 8)
}

const ramp = (value: number, low: number, high: number): number =>
  value <= low ? 0 : value >= high ? 1 : (value - low) / (high - low)
