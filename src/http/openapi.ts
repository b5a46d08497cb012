/** Head of the OpenAPI 3.1 document; the rest is generated from the routes. */
export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Lumiku API',
    version: '1',
    description: 'Studio-quality pictures of one person in dozens of poses, in the sizes that shops ask for.',
  },
}
