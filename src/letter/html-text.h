/* SPDX-License-Identifier: MIT */
/* html-text.h: the words of an HTML part without its markup.
 *
 * Nothing of a letter is ever rendered or fetched: a reader sees the source, and these words. What hides in
 * scripts, styles and comments is left out. Pure; any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* UTF-8 in, UTF-8 out. Never fails: what is broken is text. The caller frees. */
char *gpo_html_text (const char *html, gsize length);

G_END_DECLS
