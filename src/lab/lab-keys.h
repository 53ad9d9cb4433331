/* SPDX-License-Identifier: MIT */
/* lab-keys.h: a key file with the lines its keys stand on, for lab-file.c.
 *
 * GKeyFile reads it; it knows no line numbers and merges what is there twice, so the lines are scanned
 * first. Values are taken as they stand: a backslash is a backslash, since filters have their own. A key
 * may be translated, `says[de]`. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name; /* what errors call the file */
  GKeyFile *file;
  GHashTable *lines; /* "group" and "group\nkey" → line number */
  GError *error;     /* the first thing wrong; FALSE is returned ever after */
} GpoLabKeys;

/* Reads the text. FALSE with keys->error set. Clear in any case. */
gboolean gpo_lab_keys_read (GpoLabKeys *keys, const char *name, const char *text, gsize length);
void gpo_lab_keys_clear (GpoLabKeys *keys);

/* Says what is wrong at a key (NULL: the group's head; both NULL: the file). Always FALSE. */
gboolean gpo_lab_keys_wrong (GpoLabKeys *keys, const char *group, const char *key, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
guint gpo_lab_keys_line (GpoLabKeys *keys, const char *group, const char *key);
/* The value in the user's language, else as it is; NULL if there is none. The caller frees. */
char *gpo_lab_keys_text (GpoLabKeys *keys, const char *group, const char *key);
/* The value, translated or not, must be there. */
char *gpo_lab_keys_needs (GpoLabKeys *keys, const char *group, const char *key, const char *example);
/* A whole number from min to max into *out; left alone if the key is not there. */
gboolean gpo_lab_keys_number (GpoLabKeys *keys, const char *group, const char *key, guint min, guint max,
                              guint *out);
/* "a; b" as a list without empty items; NULL if the key is not there. */
char **gpo_lab_keys_list (GpoLabKeys *keys, const char *group, const char *key);
/* The same in the user's language, where it is there. */
char **gpo_lab_keys_list_shown (GpoLabKeys *keys, const char *group, const char *key);
/* Every key of the group is in `known` (a word that ends in "*" begins keys), its translations too. */
gboolean gpo_lab_keys_known (GpoLabKeys *keys, const char *group, const char *const *known);

G_END_DECLS
