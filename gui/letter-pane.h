/* SPDX-License-Identifier: MIT */
/* letter-pane.h: the letter of interest at the cursor, in full: its parts, its bytes, its hops.
 *
 * Everything is as of event n; before the letter is whole, what has come so far. The letter is looked at in
 * one of its transfers, the newest unless another is chosen. What is pointed at is lit in the bytes and
 * named, with the event that brought it. */
#pragma once
#include "bytes-view.h"
#include "hops-view.h"
#include "part-view.h"
#include "window.h"

G_BEGIN_DECLS

#define GPO_TYPE_LETTER_PANE (gpo_letter_pane_get_type ())
G_DECLARE_FINAL_TYPE (GpoLetterPane, gpo_letter_pane, GPO, LETTER_PANE, GtkWidget)

/* Once: the pane takes the window's cursor and adds its actions to the window. */
void gpo_letter_pane_attach (GpoLetterPane *pane, GpoWindow *window);

/* For the pane's actions (letter-actions.c) and for tests. */
const GpoLetterFacts *gpo_letter_pane_get_facts (GpoLetterPane *pane);
GpoCursor *gpo_letter_pane_get_cursor (GpoLetterPane *pane);
void gpo_letter_pane_set_tab (GpoLetterPane *pane, const char *name); /* parts, bytes, hops */
/* The transfer to look at, or GPO_TRANSFER_NEWEST. */
void gpo_letter_pane_set_transfer (GpoLetterPane *pane, gint transfer);
void gpo_letter_pane_set_form (GpoLetterPane *pane, GpoRowsForm form, gboolean hex);
/* Reads all of a letter of which only the beginning is shown. */
void gpo_letter_pane_read_all (GpoLetterPane *pane);
/* Lights the bytes of the stored form around a place, and says what they are. */
void gpo_letter_pane_point (GpoLetterPane *pane, gsize place);
/* The event that brought what is lit; G_MAXUINT64: nothing is. */
guint64 gpo_letter_pane_get_event (GpoLetterPane *pane);
/* The chosen part, or -1; chooses one. */
gint gpo_letter_pane_get_part (GpoLetterPane *pane);
void gpo_letter_pane_choose_part (GpoLetterPane *pane, gint part);
/* What is said of what is lit. */
const char *gpo_letter_pane_get_lit_text (GpoLetterPane *pane);
GpoBytesView *gpo_letter_pane_get_bytes (GpoLetterPane *pane);
GpoHopsView *gpo_letter_pane_get_hops (GpoLetterPane *pane);
/* The lists: "envelope", "header", "parts". */
GtkListBox *gpo_letter_pane_get_list (GpoLetterPane *pane, const char *name);

/* letter-actions.c: adds win.letter-… to the window. */
void gpo_letter_actions_add (GpoLetterPane *pane, GpoWindow *window);
/* The chosen part's decoded bytes, all of them, and a harmless name; NULL if there is nothing to save. */
GBytes *gpo_letter_pane_part_content (GpoLetterPane *pane, char **name);

G_END_DECLS
