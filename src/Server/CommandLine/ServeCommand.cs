using System.CommandLine;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.CommandLine;

/// <summary>
/// <c>camshaft serve</c>: a flag for every setting that has one, and <c>--set</c> for the others. A flag that is not given
/// says nothing, so that the configuration file and the environment hold; defaults stand in the descriptions alone.
/// </summary>
internal sealed class ServeCommand : DocumentedCommand
{
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = "The configuration file. [default: camshaft.json in the working directory, if there is one]" };
    private readonly Option<string[]> _set = new("--set") { HelpName = "NAME=VALUE", Description = "Any setting by its name, as 'camshaft config' lists them; may be repeated." };
    private readonly List<(Option Option, Setting Setting)> _flags = [];

    /// <summary>Makes the command.</summary>
    /// <param name="serve">Serves with these options until the server has stopped; returns the exit code.</param>
    public ServeCommand(Func<ServerOptions, CancellationToken, Task<int>> serve)
        : base(
            "serve",
            "Loads the models of a repository and serves them until it is told to stop.",
            "camshaft serve",
            "camshaft serve --models /srv/models --host '*'",
            "camshaft serve --models models --model-control-mode explicit --load-model resnet50",
            "camshaft serve --tls-certificate server.pem --tls-key server.key",
            "camshaft serve --http-port 0 --log-format json --set limits.requestsPerClient=64")
    {
        foreach (var setting in Settings.All.Where(static setting => setting.About.Flag is not null))
        {
            var option = CreateOption(setting);
            _flags.Add((option, setting));
            Add(option);
        }

        Add(_set);
        Add(_config);
        _set.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static token => token.Value.IndexOf('=') < 1))
            {
                result.AddError($"'{token.Value}' is not NAME=VALUE.");
            }
        });
        SetAction((result, cancellationToken) => serve(Load(result), cancellationToken));
    }

    private static Option CreateOption(Setting setting)
    {
        var isList = setting.Kind == SettingKind.List;
        Option option = isList ? new Option<string[]>(setting.About.Flag!, setting.About.FlagAliases) : new Option<string>(setting.About.Flag!, setting.About.FlagAliases);
        option.HelpName = DescribeValue(setting);
        option.Description = $"{setting.About.Description}{(isList ? "; may be repeated" : "")}. [default: {setting.Default}]";
        if (setting.AllowedValues.Count > 0)
        {
            ((Option<string>)option).AcceptOnlyFromAmong([.. setting.AllowedValues]);
        }
        else if (setting.ValueType != typeof(string))
        {
            option.Validators.Add(result =>
            {
                foreach (var token in result.Tokens.Where(static token => !long.TryParse(token.Value, out _)))
                {
                    result.AddError($"Cannot parse '{token.Value}' for '{setting.About.Flag}'; expected a whole number.");
                }
            });
        }

        return option;
    }

    private static string DescribeValue(Setting setting) => setting switch
    {
        { AllowedValues.Count: > 0 } => string.Join('|', setting.AllowedValues),
        { About: { IsPath: true, Keyword: { } keyword } } => $"PATH|{keyword}",
        { About.IsPath: true } => "PATH",
        { About.Unit: { } unit } => unit.ToUpperInvariant(),
        _ => setting.ValueType == typeof(string) ? "NAME" : "NUMBER",
    };

    /// <summary>The options of all sources together.</summary>
    /// <exception cref="ConfigurationException">They cannot be served with.</exception>
    private ServerOptions Load(ParseResult result)
    {
        var flags = _flags
            .Where(flag => result.GetResult(flag.Option) is { Implicit: false })
            .SelectMany(flag => GetValues(result, flag.Option).Select((value, index) => ToSetting(flag.Setting, value, index)));
        var named = (result.GetValue(_set) ?? []).Select(static text => text.Split('=', 2)).Select(static pair => KeyValuePair.Create(ToKey(pair[0]), (string?)pair[1]));
        return ServerConfiguration.Load(Environment.CurrentDirectory, result.GetValue(_config), [.. flags, .. named]);
    }

    // A key that the user chooses may hold dots itself, and is the last part then.
    private static string ToKey(string name)
    {
        var parts = name.Split('.');
        var setting = Settings.All.FirstOrDefault(setting => setting.Parts[^1][0] == '<' && parts.Length > setting.Parts.Count && setting.HasPrefixOf(parts));
        return setting is null ? string.Join(':', parts) : $"{string.Join(':', parts[..(setting.Parts.Count - 1)])}:{string.Join('.', parts[(setting.Parts.Count - 1)..])}";
    }

    private static string[] GetValues(ParseResult result, Option option) =>
        option is Option<string[]> list ? result.GetValue(list)! : [result.GetValue((Option<string>)option)!];

    private static KeyValuePair<string, string?> ToSetting(Setting setting, string value, int index)
    {
        var key = string.Join(':', setting.Parts);
        return new(setting.Kind == SettingKind.List ? $"{key}:{index}" : key, value);
    }
}
