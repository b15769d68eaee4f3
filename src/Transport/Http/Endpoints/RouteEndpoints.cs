using System.Text.Json;
using Camshaft.Engine;
using Camshaft.Engine.Routing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Endpoints;

/// <summary>Tells and changes where requests go: the rules, why a request goes where it goes, aliases.</summary>
internal sealed class RouteEndpoints(InferenceEngine engine, HttpTransportOptions options)
{
    private Router Router => engine.Router;

    public Task RulesAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Router, static (writer, router) =>
    {
        var table = router.Table;
        writer.WriteStartObject();
        writer.WriteStartArray("rules"u8);
        foreach (var rule in table.Rules)
        {
            RouteJson.WriteRule(writer, rule);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("aliases"u8);
        foreach (var alias in table.Aliases)
        {
            RouteJson.WriteAlias(writer, alias);
        }

        writer.WriteEndArray();
        if (router.Fault is { } fault)
        {
            writer.WriteString("fault"u8, fault);
        }

        writer.WriteEndObject();
    });

    public async Task ExplainAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        var request = DescribedRequest.Read(body?.RootElement);
        var explanation = Router.Table.Explain(request);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, explanation, RouteJson.WriteExplanation).ConfigureAwait(false);
    }

    public async Task ReloadAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(await Task.Run(Router.Reload, context.RequestAborted).ConfigureAwait(false));
        await RulesAsync(context).ConfigureAwait(false);
    }

    public Task AliasesAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Router.Table, static (writer, table) =>
    {
        writer.WriteStartArray();
        foreach (var alias in table.Aliases)
        {
            RouteJson.WriteAlias(writer, alias);
        }

        writer.WriteEndArray();
    });

    public async Task SetAliasAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context).ConfigureAwait(false);
        var name = (string)context.Request.RouteValues["alias"]!;
        if (body is null || !body.RootElement.TryGetProperty("target", out var member) || member.ValueKind != JsonValueKind.String)
        {
            throw new InvalidRequestException($"Alias '{name}': the body has no 'target'; expected a model, a version such as 'mnist{RouteTarget.Separator}2', or an alias.");
        }

        var target = member.GetString()!;
        var (status, found) = await Task.Run(() => (Router.TryResolve(target, out var resolved), resolved), context.RequestAborted).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(status);

        // A target that is being loaded is waited for; the alias stays where it is meanwhile.
        var wait = await engine.WaitForModelAsync(found!.ModelName, found.Version, options.RequestTimeout, context.RequestAborted).ConfigureAwait(false);
        InvalidRequestException.ThrowIfFailed(wait);
        InvalidRequestException.ThrowIfFailed(await Task.Run(() => Router.SetAlias(name, target), CancellationToken.None).ConfigureAwait(false));
        await WriteAliasAsync(context, name).ConfigureAwait(false);
    }

    public async Task RemoveAliasAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["alias"]!;
        InvalidRequestException.ThrowIfFailed(await Task.Run(() => Router.RemoveAlias(name), CancellationToken.None).ConfigureAwait(false));
        await WriteAliasAsync(context, name).ConfigureAwait(false);
    }

    // After a removal there may be one that a file states.
    private Task WriteAliasAsync(HttpContext context, string name) => JsonAnswer.WriteAsync(
        context,
        StatusCodes.Status200OK,
        (Alias: Router.Table.TryGetAlias(name, out var alias) ? alias : null, Router.KeepsAliases),
        static (writer, state) =>
        {
            writer.WriteStartObject();
            if (state.Alias is { } alias)
            {
                RouteJson.WriteAliasMembers(writer, alias);
            }

            writer.WriteBoolean("outlasts_restart"u8, state.KeepsAliases || state.Alias is { IsSetByCall: false });
            writer.WriteEndObject();
        });
}
