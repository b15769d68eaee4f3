using System.Text;

namespace Camshaft.Server.Configuration;

/// <summary>The settings as a Markdown table, for <c>docs/configuration.md</c>.</summary>
internal static class SettingsReference
{
    public static string Write()
    {
        var text = new StringBuilder("| setting | default | unit | flag | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var setting in Settings.All)
        {
            var flag = setting.About.Flag is { } name ? $"`{name}`" : "";
            var meaning = setting.About.Description + (setting.AllowedValues.Count > 0 ? $" (one of {string.Join(", ", setting.AllowedValues)})" : "") + (setting.Kind == SettingKind.List ? "; a list" : "");
            text.Append($"| `{setting.Name}` | {Escape(setting.Default)} | {setting.About.Unit} | {flag} | {Escape(meaning)} |\n");
        }

        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
