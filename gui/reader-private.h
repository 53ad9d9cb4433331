/* SPDX-License-Identifier: MIT */
/* reader-private.h: what the files of the reader's view share: reader-view.c (folders, the list),
 * reader-letter.c (the letter opened), reader-actions.c (what is done). */
#pragma once
#include "reader-view.h"

G_BEGIN_DECLS

struct _GpoReaderView
{
  GtkWidget parent_instance;
  GtkWidget *bar, *panes, *tools;
  GtkDropDown *person;
  GtkSearchEntry *search;
  GtkListBox *folders;
  GtkMenuButton *new_folder, *file;
  GtkPopover *new_folder_popover;
  GtkEntry *new_folder_name;
  GtkStack *list_stack;
  GtkListView *letters;
  GtkLabel *subject, *people, *words;
  GtkTextView *text;
  GtkFlowBox *attachments;

  GpoWindow *window; /* it owns us */
  GpoReaderModel *model;
  GtkSingleSelection *selection;
  GpoComposeWindow *compose; /* weak */
  char *folders_told;
  const GpoPerson *reads;  /* whose mail is on the screen */
  const GpoReading *shown; /* whose text is on the screen; compared only */
  gboolean showing;        /* the model is put on the screen: nobody chooses anything */
};

/* reader-letter.c */
void gpo_reader_view_show_letter (GpoReaderView *view);

/* reader-actions.c */
void gpo_reader_view_add_actions (GpoReaderView *view);
void gpo_reader_view_update_actions (GpoReaderView *view);
/* Asks where to, and writes the bytes there. */
void gpo_reader_view_save (GpoReaderView *view, const char *name, GBytes *bytes);

G_END_DECLS
