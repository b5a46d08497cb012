// What is asked of the API: the project with who is in it, and the body of POST /generate.

/** The body of `POST /generate` for a plan and the command line. Makes the project first; `person`: see personFor. */
export async function requestFor(api, plan, args, person) {
  const project = await api.post('/apps/pose-generator/projects', {
    projectName: `Shoot ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`,
    ...person,
  })
  return {
    projectId: (project.project ?? project).id,
    generationType: 'GALLERY_REFERENCE',
    selectedPoseIds: plan.poses.map((pose) => pose.id),
    batchSize: plan.variations,
    ...(args.prompt !== undefined && { prompt: args.prompt }),
    ...(args.seed !== undefined && { seed: args.seed }),
    ...(args.width !== undefined && { width: args.width }),
    ...(args.height !== undefined && { height: args.height }),
    ...(args.formats.length > 0 && { outputFormats: args.formats }),
    ...(args.background && {
      useBackgroundChanger: true,
      backgroundMode: 'solid_color',
      backgroundColor: args.background,
    }),
  }
}
