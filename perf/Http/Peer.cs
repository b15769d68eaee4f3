using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Camshaft.HttpBenchmark;

/// <summary>
/// What Camshaft is measured against: Kestrel with Camshaft's receive blocks and a handler that reads the body to its end,
/// looks at nothing, and answers with the same bytes each time. No routing, no access control, no log, no tensors.
/// </summary>
internal static class Peer
{
    /// <summary>Serves until it is ended.</summary>
    /// <param name="port">The port on the loopback address.</param>
    /// <param name="answerPath">A file with the answer's body: one of Camshaft's.</param>
    /// <param name="jsonByteSize">The length of its JSON part.</param>
    public static async Task RunAsync(int port, string answerPath, string jsonByteSize)
    {
        var answer = await File.ReadAllBytesAsync(answerPath).ConfigureAwait(false);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(port);
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ReceiveMemoryPoolFactory>();
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, answer, jsonByteSize));
        await app.RunAsync().ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> answer, string jsonByteSize)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var result = await body.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = answer.Length;
        context.Response.Headers["Inference-Header-Content-Length"] = jsonByteSize;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }
}
