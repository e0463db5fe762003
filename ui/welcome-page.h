#pragma once

#include <adwaita.h>

/**
 * sk_welcome_page_new:
 *
 * What is seen before the first run: what this is for, and one thing to do. Its buttons
 * activate "win.demo", "win.build" and "win.open".
 */
GtkWidget *
sk_welcome_page_new (void);
