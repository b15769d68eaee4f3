using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Camshaft.Engine.Inference;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Reads the parts of a request's body from its pipe: the JSON part where it lies, binary tensors into their memory.</summary>
/// <remarks>
/// Reads take no token: when the client goes, its server ends them by an exception. A read that a token ends would leave the
/// body amid a read, which the server logs as an error of the application.
/// </remarks>
internal static class BodyReader
{
    /// <summary>The longest body that is waited for as a whole, in bytes: the web server holds 1 MiB unread and then reads no further.</summary>
    public const long LargestWhole = 900 << 10;

    /// <summary>Waits until the JSON part has arrived.</summary>
    /// <param name="body">The body; the caller advances past what this returns.</param>
    /// <param name="byteSize">The JSON part's length; null when it is the whole body.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="deadline">Until when it must have arrived.</param>
    /// <returns>The JSON part, in the receive blocks, until the pipe is advanced.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ReadOnlySequence<byte>> ReadJsonAsync(PipeReader body, long? byteSize, long limit, BodyDeadline deadline)
    {
        if (byteSize > limit)
        {
            throw JsonTooLong(limit);
        }

        while (true)
        {
            var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (byteSize is { } expected && buffer.Length >= expected)
            {
                return buffer.Slice(0, expected);
            }

            if (buffer.Length > limit)
            {
                body.AdvanceTo(buffer.End);
                throw JsonTooLong(limit);
            }

            if (result.IsCompleted)
            {
                if (byteSize is null)
                {
                    return buffer;
                }

                body.AdvanceTo(buffer.End);
                throw new InvalidRequestException($"The body ends after {buffer.Length} bytes; Inference-Header-Content-Length says that {byteSize} are JSON.");
            }

            body.AdvanceTo(buffer.Start, buffer.End);
            deadline.ThrowIfPassed();
        }
    }

    /// <summary>Waits until the binary tensors have arrived too, and leaves everything where it lies.</summary>
    /// <param name="body">The body; the caller advances past what this returns, unless this throws.</param>
    /// <param name="json">The JSON part, as it was read.</param>
    /// <param name="binaryByteSize">How many bytes follow it; together at most <see cref="LargestWhole"/>.</param>
    /// <param name="request">For messages.</param>
    /// <param name="deadline">Until when they must have arrived.</param>
    /// <returns>The JSON part, where it lies by now.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ReadOnlySequence<byte>> ReadWholeAsync(PipeReader body, ReadOnlySequence<byte> json, long binaryByteSize, InferenceRequest request, BodyDeadline deadline)
    {
        var jsonByteSize = json.Length;
        body.AdvanceTo(json.Start);
        while (true)
        {
            var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.Length >= jsonByteSize + binaryByteSize)
            {
                return buffer.Slice(0, jsonByteSize);
            }

            if (result.IsCompleted)
            {
                body.AdvanceTo(buffer.End);
                throw new InvalidRequestException($"{request.Model}: the body ends after {buffer.Length - jsonByteSize} of the {binaryByteSize} bytes of its binary tensors.");
            }

            body.AdvanceTo(buffer.Start, buffer.End);
            deadline.ThrowIfPassed();
        }
    }

    /// <summary>Reads one binary tensor into a request's memory, from an offset in it on: the one copy that its bytes pay.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask ReadTensorAsync(PipeReader body, InferenceRequest request, int input, int offset, BodyDeadline deadline)
    {
        var byteSize = request.GetInput(input).ByteSize;
        for (long filled = offset; filled < byteSize;)
        {
            var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var buffer = result.Buffer;
            var part = buffer.Length > byteSize - filled ? buffer.Slice(0, byteSize - filled) : buffer;
            part.CopyTo(request.GetInput(input).Bytes[(int)filled..]);
            filled += part.Length;
            body.AdvanceTo(part.End);
            deadline.ThrowIfPassed();
            if (result.IsCompleted && filled < byteSize)
            {
                throw new InvalidRequestException(
                    $"{request.Model}: the body ends after {filled} of the {byteSize} bytes of input '{request.Signature.Inputs[input].Name}'.");
            }
        }
    }

    /// <summary>Checks that nothing follows.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public static async ValueTask ReadEndAsync(PipeReader body, InferenceRequest request, BodyDeadline deadline)
    {
        for (var isCompleted = false; !isCompleted;)
        {
            var result = await body.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            var surplus = result.Buffer.Length;
            isCompleted = result.IsCompleted;
            body.AdvanceTo(result.Buffer.End);
            if (surplus > 0)
            {
                throw new InvalidRequestException($"{request.Model}: the body has more bytes than its inputs' sizes add up to ({surplus} or more).");
            }

            deadline.ThrowIfPassed();
        }
    }

    public static BadHttpRequestException JsonTooLong(long limit) =>
        new($"The JSON part of the request has more than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Refuses a body that says of itself that it is too long, before anything of it is read.</summary>
    public static BadHttpRequestException BodyTooLong(long byteSize, long limit) =>
        new($"The body has {byteSize} bytes; at most {limit} are taken.", StatusCodes.Status413PayloadTooLarge);
}
