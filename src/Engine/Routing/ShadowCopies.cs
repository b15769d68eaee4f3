using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Routing;

/// <summary>
/// Sends copies of requests that have been answered to the shadows of their rule, and discards what comes of them. A copy waits for nothing:
/// where there is other work, no memory or no core, it is dropped, so that it costs the requests that somebody waits for next to nothing.
/// One runs at a time on each device. Any thread.
/// </summary>
/// <param name="models">The models.</param>
/// <param name="timeout">How long a copy's run may take; then it gives its lane back.</param>
public sealed class ShadowCopies(ModelRegistry models, TimeSpan timeout)
{
    /// <summary>Offers a request to its rule's shadows. Its answer has been written; its owner disposes it afterwards, as ever.</summary>
    /// <param name="route">The way by which it went.</param>
    /// <param name="answered">The request, whose inputs are copied before this returns.</param>
    public void Offer(in Route route, InferenceRequest answered)
    {
        if (route.Rule is not { Shadows.Count: > 0 } rule)
        {
            return;
        }

        for (var i = 0; i < rule.Shadows.Count; i++)
        {
            if (rule.Shadows[i].Draw())
            {
                Offer(rule.Shadows[i], answered);
            }
        }
    }

    private void Offer(RouteShadow shadow, InferenceRequest answered)
    {
        if (!models.TryCreateRequest(shadow.Target.ModelName, shadow.Target.Version, out var copy).IsOk)
        {
            shadow.CountDropped();
            return;
        }

        copy!.IsBackground = true;
        if (!copy.HasRoomInBackground || !RequestCopy.Declare(answered, copy).IsOk || !copy.TryReserve())
        {
            copy.Dispose();
            shadow.CountDropped();
            return;
        }

        RequestCopy.Fill(answered, copy);
        _ = RunAsync(shadow, copy, timeout);
    }

    private static async Task RunAsync(RouteShadow shadow, InferenceRequest copy, TimeSpan timeout)
    {
        copy.SetTimeout(timeout);
        await copy.RunAsync().ConfigureAwait(false);
        var hasRun = copy.Timings.RunStarted != 0;
        copy.Dispose();
        if (hasRun)
        {
            shadow.CountSent();
        }
        else
        {
            shadow.CountDropped();
        }
    }
}
