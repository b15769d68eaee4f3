using System.Globalization;
using System.IO.Pipelines;
using Camshaft.Transport.Http.Endpoints;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>One infer call through the real endpoint, whose body comes from a pipe in just the segments that a case asks for.</summary>
internal sealed class FuzzCall : IRequestBodyPipeFeature
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FuzzCase _request;
    private readonly ExactMemoryPool _memory = new();
    private readonly Pipe _pipe;
    private readonly DefaultHttpContext _context = new();
    private readonly MemoryStream _answer = new();

    public FuzzCall(FuzzCase request)
    {
        _request = request;
        _pipe = new Pipe(new PipeOptions(_memory, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 1, useSynchronizationContext: false));
        _context.Features.Set<IRequestBodyPipeFeature>(this);
        _context.Request.Method = HttpMethods.Post;
        _context.Request.Protocol = HttpProtocol.Http11;
        _context.Request.RouteValues["model"] = request.Model.ModelName;
        _context.Request.ContentLength = request.HasLength ? request.Body.Length : null;
        _context.Response.Body = _answer;
        if (request.HeaderLength is { } length)
        {
            _context.Request.Headers["Inference-Header-Content-Length"] = length;
        }
    }

    public PipeReader Reader => _pipe.Reader;

    /// <summary>Runs it to its end; nothing of the body may be held then.</summary>
    /// <returns>JSON part and binary part of the answer.</returns>
    public async Task<(byte[] Json, byte[] Tail)> RunAsync(InferEndpoint endpoint)
    {
        try
        {
            var handled = _request.ArrivesLate ? endpoint.HandleNamedAsync(_context) : null;
            await WriteBodyAsync();
            await (handled ?? endpoint.HandleNamedAsync(_context)).WaitAsync(Patience);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
            Assert.Equal(0, _memory.Rented);
        }

        await _context.Response.BodyWriter.FlushAsync();
        var answer = _answer.ToArray();
        var length = _context.Response.Headers["Inference-Header-Content-Length"] is [{ } header] ? int.Parse(header, CultureInfo.InvariantCulture) : answer.Length;
        return (answer[..length], answer[length..]);
    }

    private async Task WriteBodyAsync()
    {
        foreach (var (index, piece) in _request.Cut().Index())
        {
            if (index == _request.LeavesAt)
            {
                await _pipe.Writer.CompleteAsync(new ConnectionResetException("The client left."));
                return;
            }

            await _pipe.Writer.WriteAsync(piece);
        }

        await _pipe.Writer.CompleteAsync();
    }
}
