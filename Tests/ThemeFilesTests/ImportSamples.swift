/// Excerpts of themes as their authors publish them.
enum ImportSamples {
  /// base16 in the old layout, colours without a sign.
  static let tomorrowNight = """
    scheme: "Tomorrow Night"
    author: "Chris Kempson (http://chriskempson.com)"
    base00: "1d1f21"
    base01: "282a2e"
    base02: "373b41"
    base03: "969896"
    base04: "b4b7b4"
    base05: "c5c8c6"
    base06: "e0e0e0"
    base07: "ffffff"
    base08: "cc6666"
    base09: "de935f"
    base0A: "f0c674"
    base0B: "b5bd68"
    base0C: "8abeb7"
    base0D: "81a2be"
    base0E: "b294bb"
    base0F: "a3685a"

    """

  /// base16 in the new layout, light, with comments; its brightest colour is the background's.
  static let github = """
    ---
    system: "base16"
    name: 'Github'
    slug: "github"
    author: Defman21
    variant: "light"
    palette:
      base00: "#ffffff" # Default Background
      base01: "#f5f5f5"
      base02: "#c8c8fa"
      base03: "#969896"
      base04: "#e8e8e8"
      base05: "#333333"
      base06: "#ffffff"
      base07: "#ffffff"
      base08: "#ed6a43"
      base09: "#0086b3"
      base0A: "#795da3"
      base0B: "#183691"
      base0C: "#183691"
      base0D: "#795da3"
      base0E: "#a71d5d"
      base0F: "#333333"

    """

  static let btopDracula = """
    # Main background, empty for terminal default, need to be empty if you want transparent
    theme[main_bg]="#282a36"

    # Main text color
    theme[main_fg]="#f8f8f2"
    theme[title]="#f8f8f2"

    # Highlight color for keyboard shortcuts
    theme[hi_fg]="#6272a4"
    theme[selected_bg]="#ff79c6"
    theme[selected_fg]="#f8f8f2"
    theme[inactive_fg]="#44475a"
    theme[graph_text]="#f8f8f2"
    theme[meter_bg]="#44475a"
    theme[proc_misc]="#bd93f9"
    theme[cpu_box]="#bd93f9"
    theme[mem_box]="#50fa7b"
    theme[net_box]="#ff5555"
    theme[proc_box]="#8be9fd"
    theme[div_line]="#44475a"
    theme[temp_start]="#bd93f9"
    theme[temp_mid]="#ff79c6"
    theme[temp_end]="#ff33a8"

    """

  /// The other ways in which btop themes write colours.
  static let btopForms = """
    theme[main_bg]=""
    theme[main_fg]="#cc"
    theme[title]='#ee'
    theme[hi_fg]="#b54040"
    theme[inactive_fg]="#40"
    theme[div_line]="#30"
    theme[cpu_start]="80 208 149"
    theme[cpu_mid]="242 226 102"

    """

  static let helixOneDark = """
    # Author : Gokul Soumya <gokulps15@gmail.com>

    "tag" = { fg = "red" }
    "comment" = { fg = "light-gray", modifiers = ["italic"] }
    "function" = { fg = "blue" }
    "keyword" = { fg = "purple" }
    "string" = { fg = "green" }
    "diff.plus" = "green"
    "diff.minus" = "red"
    "diagnostic.error".underline = { style = "curl", color = "red" }
    "warning" = { fg = "yellow", modifiers = ["bold"] }
    "error" = { fg = "red", modifiers = ["bold"] }
    rainbow = ["red", "yellow"]

    "ui.background" = { bg = "black" }
    "ui.cursorline.primary" = { bg = "light-black" }
    "ui.linenr" = { fg = "linenr" }
    "ui.statusline" = { fg = "white", bg = "light-black" }
    "ui.text" = { fg = "white" }
    "ui.text.focus" = { fg = "white", bg = "light-black", modifiers = ["bold"] }
    "ui.window" = { fg = "gray" }
    "ui.popup" = { bg = "light-black" }

    [palette]
    yellow = "#E5C07B"
    blue = "#61AFEF"
    red = "#E06C75"
    purple = "#C678DD"
    green = "#98C379"
    gold = "#D19A66"
    cyan = "#56B6C2"
    white = "#ABB2BF"
    black = "#282C34"
    light-black = "#2C323C"
    gray = "#3E4452"
    light-gray = "#5C6370"
    linenr = "#4B5263"

    """
}
