using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine.Remote;

namespace Camshaft.Server.CommandLine.Routing;

/// <summary><c>camshaft route explain</c>: which rule would take a request, and what the rules before it miss in it.</summary>
internal sealed class ExplainCommand : DocumentedCommand
{
    private readonly Option<string?> _alias = new("--alias") { Description = "The alias that the request asks for." };
    private readonly Option<string> _contentType = new("--content-type") { Description = "The media type of its body.", DefaultValueFactory = static _ => "application/json" };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "A header, as 'NAME: VALUE'." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "A tag, as NAME=VALUE." };
    private readonly Option<string[]> _inputs = new("--input") { Description = "An input, as NAME[:DATATYPE[:LENGTH,LENGTH,…]]." };
    private readonly ConnectionOptions _connection = new();
    private readonly OutputOption _output = new();

    public ExplainCommand()
        : base(
            "explain",
            "Says which rule would take a request, and what the rules before it miss in it.",
            "camshaft route explain --tag team=vision --input image:FP32:1,3,224,224",
            "camshaft route explain --alias digits -H 'X-Tenant: blue' --output json")
    {
        Add(_alias);
        Add(_contentType);
        Add(_headers);
        Add(_tags);
        Add(_inputs);
        _connection.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        using var server = _connection.Connect(result);
        var explanation = await server.PostAsync("v2/route/explain", Describe(result), cancellationToken).ConfigureAwait(false);
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(explanation.ToJsonString(CommandJson.Options)).ConfigureAwait(false);
            return CamshaftCommand.Success;
        }

        foreach (var rule in explanation["considered"]!.AsArray())
        {
            await output.WriteLineAsync($"{(string)rule!["rule"]!} ({(string)rule["source"]!}): {((string?)rule["because"] is { } reason ? $"no, {reason}" : "yes")}").ConfigureAwait(false);
        }

        var targets = explanation["targets"]!.AsArray().Select(static target => (string)target!).ToList();
        await output.WriteLineAsync(targets.Count > 0 ? $"The request goes to {string.Join(" or ", targets)}." : "No rule takes the request.").ConfigureAwait(false);
        return targets.Count > 0 ? CamshaftCommand.Success : CamshaftCommand.Failure;
    }

    private JsonObject Describe(ParseResult result)
    {
        var request = new JsonObject { ["content_type"] = result.GetValue(_contentType) };
        if (result.GetValue(_alias) is { } alias)
        {
            request["alias"] = alias;
        }

        request["headers"] = ReadPairs(result.GetValue(_headers) ?? [], ':', "--header", "'NAME: VALUE'");
        request["tags"] = ReadPairs(result.GetValue(_tags) ?? [], '=', "--tag", "NAME=VALUE");
        request["inputs"] = new JsonArray([.. (result.GetValue(_inputs) ?? []).Select(ReadInput)]);
        return request;
    }

    private static JsonObject ReadPairs(string[] texts, char separator, string option, string expected)
    {
        var pairs = new JsonObject();
        foreach (var text in texts)
        {
            var end = text.IndexOf(separator);
            if (end <= 0)
            {
                throw new CommandException($"{option} is '{text}'; expected {expected}.", CamshaftCommand.UsageError);
            }

            pairs[text[..end].Trim()] = text[(end + 1)..].Trim();
        }

        return pairs;
    }

    private static JsonObject ReadInput(string text)
    {
        var parts = text.Split(':');
        var input = new JsonObject { ["name"] = parts[0] };
        if (parts.Length > 1)
        {
            input["datatype"] = parts[1];
        }

        if (parts.Length > 2)
        {
            input["shape"] = new JsonArray([.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(length =>
                long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? (JsonNode)number
                    : throw new CommandException($"--input is '{text}'; expected NAME[:DATATYPE[:LENGTH,LENGTH,…]].", CamshaftCommand.UsageError))]);
        }

        return input;
    }
}
