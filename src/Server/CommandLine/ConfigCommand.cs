using System.CommandLine;
using System.Text.Json;
using Camshaft.Server.Configuration;
using Camshaft.Server.Output;

namespace Camshaft.Server.CommandLine;

/// <summary><c>camshaft config</c>: every setting, with its unit, default, flag and meaning.</summary>
internal sealed class ConfigCommand : DocumentedCommand
{
    private readonly Option<string> _output = new("--output") { Description = "How the settings are written.", DefaultValueFactory = static _ => "table" };

    public ConfigCommand()
        : base("config", "Lists every setting of the server: its name, unit, default, flag and meaning.", "camshaft config", "camshaft config --output json")
    {
        _output.AcceptOnlyFromAmong("table", "json", "markdown");
        Add(_output);
        SetAction(result => Write(result.InvocationConfiguration.Output, result.GetValue(_output)!));
    }

    private static void Write(TextWriter output, string format)
    {
        switch (format)
        {
            case "json":
                output.WriteLine(JsonSerializer.Serialize(
                    Settings.All.Select(static setting => new SettingDescription(
                        setting.Name, setting.Default, setting.About.Unit, setting.About.Flag, setting.EnvironmentVariable, setting.Kind == SettingKind.List, setting.AllowedValues, setting.About.Description)),
                    CommandJson.Options));
                break;

            case "markdown":
                output.Write(SettingsReference.Write());
                break;

            default:
                var table = new Table("SETTING", "DEFAULT", "UNIT", "FLAG", "MEANING");
                foreach (var setting in Settings.All)
                {
                    table.Add(setting.Name, setting.Default, setting.About.Unit ?? "", setting.About.Flag ?? "", setting.About.Description);
                }

                table.Write(output);
                break;
        }
    }

    private sealed record SettingDescription(
        string Name, string Default, string? Unit, string? Flag, string EnvironmentVariable, bool IsList, IReadOnlyList<string> AllowedValues, string Description);
}
