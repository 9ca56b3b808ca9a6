// With the token store.
export const handler = () => {};
