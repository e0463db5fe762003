#include "command.h"

SkCommand *
sk_command_copy (const SkCommand *self) {
  SkCommand *copy = g_new (SkCommand, 1);

  *copy = *self;
  copy->path = g_strdup (self->path);
  copy->indices = g_memdup2 (self->indices, (gsize) self->n_indices * sizeof (int));
  copy->nets = g_strdup (self->nets);
  copy->bytes = self->bytes ? g_bytes_ref (self->bytes) : NULL;
  if (self->recipe) {
    SkRecipe *recipe = g_new0 (SkRecipe, 1);

    sk_recipe_copy (recipe, self->recipe);
    copy->recipe = recipe;
  }
  return copy;
}

void
sk_command_free (SkCommand *self) {
  SkRecipe *recipe;

  if (self == NULL)
    return;
  /* Const for those who send it; the copy is ours. */
  recipe = (SkRecipe *) self->recipe;
  if (recipe)
    sk_recipe_clear (recipe);
  g_free (recipe);
  g_free ((int *) self->indices);
  g_free ((char *) self->path);
  g_free ((char *) self->nets);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}
