/**
 * The editors' choice: what a seller should see first, a few of each main category. Ids of data/poses/poses.json;
 * test/rules/pose-data.test.ts fails when one is gone from there.
 */
export const featuredPoseIds = [
  ...[
    'product-at-chest-right',
    'product-two-hands-forward',
    'carry-box-chest',
    'unbox-excited',
    'shopping-bags-raised',
  ],
  ...[
    'contrapposto-classic-hand-hip',
    'jacket-over-shoulder',
    'hijab-adjust',
    'kebaya-elegant',
    'runway-walk-right-hip',
  ],
  ...['arms-crossed-confident', 'presenter-open-hands', 'handshake-single', 'desk-typing-smile'],
  ...['stand-neutral', 'hands-on-hips-front', 'lean-wall-side-crossed-legs'],
  ...['chair-crossed-legs-classic', 'sofa-phone-relax', 'floor-cross-legged'],
  ...['walk-natural-right', 'jump-star', 'dance-tari-tradisional'],
  ...['yoga-tree', 'train-dumbbell-curl', 'sport-badminton-smash'],
  ...['greet-wave-friendly', 'cheer-gift-hold', 'selfie-classic'],
  ...['point-side-mid', 'thumbs-up-both', 'heart-hands-chest'],
  ...['phone-show-screen', 'laptop-show-screen', 'live-stream-ring'],
  ...['drink-offer-cup', 'eat-bite-hand', 'cook-stir-pan'],
  ...['retail-open-sign', 'courier-deliver-knock', 'batik-canting'],
  ...['kneel-both-hands-thighs', 'lie-side-head-prop'],
  ...['headshot-tilt-smile', 'beauty-cream-show-cheek', 'half-hand-hip-turn'],
  ...['duo-handshake-camera', 'duo-hold-hands', 'duo-lebaran-salam'],
]
