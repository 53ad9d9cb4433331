/* SPDX-License-Identifier: MIT */
/* lab-page.h: a lab's CommonMark as text with tags in a GtkTextBuffer. Headings, paragraphs, lists, code and
 * emphasis; no tables, no pictures, and links as their text: a lab leads nowhere outside. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Replaces what is in the buffer by `title` as a heading (NULL: none) and the text. */
void gpo_lab_page_show (GtkTextBuffer *buffer, const char *title, const char *markdown);

G_END_DECLS
