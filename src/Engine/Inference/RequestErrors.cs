using Camshaft.Backends;
using Camshaft.Engine.Inference.OutputChecks;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Inference;

/// <summary>What the engine says when it refuses or ends a request. Every message names the model and, where there is one, the tensor.</summary>
internal static class RequestErrors
{
    public static InferenceStatus InputTwice(ModelVersion model, TensorSpec input) =>
        new(StatusCode.InvalidArgument, $"{model}: input '{input.Name}' is given twice.");

    public static InferenceStatus OutputTwice(ModelVersion model, TensorSpec output) =>
        new(StatusCode.InvalidArgument, $"{model}: output '{output.Name}' is requested twice.");

    public static InferenceStatus MissingInput(ModelVersion model, TensorSpec input) =>
        new(StatusCode.InvalidArgument, $"{model}: input '{input.Name}' is missing; expected {input.DataType.Name} {input.Shape}.");

    public static InferenceStatus NoMemory(ModelVersion model, in InferenceStatus reason) => new(reason.Code, $"{model}: {reason.Message}");

    public static InferenceStatus SystemOutOfMemory(ModelVersion model) =>
        new(StatusCode.ResourceExhausted, $"{model}: the system has no memory left for the request's tensors.");

    public static InferenceStatus QueueFull(ModelVersion model, int limit) =>
        new(StatusCode.Unavailable, $"{model}: the queue is full; {limit} requests wait.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static InferenceStatus Overloaded(ModelVersion model, TimeSpan retryAfter) =>
        new(StatusCode.Unavailable, $"{model}: there is more to do than can be done in time; the request would have been answered too late.") { RetryAfter = retryAfter };

    public static InferenceStatus NoRoomInBackground(ModelVersion model) =>
        new(StatusCode.Unavailable, $"{model}: there is other work; a copy of a request is not run then.");

    public static InferenceStatus OutOfService(ModelVersion model) => new(StatusCode.Unavailable, $"{model} is not ready: {model.Reason}.");

    public static InferenceStatus Stopping(ModelVersion model) => new(StatusCode.Unavailable, $"{model}: the server is stopping.");

    public static InferenceStatus Ended(ModelVersion model, StatusCode code) => code switch
    {
        StatusCode.DeadlineExceeded => new(code, $"{model}: the request's deadline passed before it was done."),

        // Its device has failed, and takes its requests along.
        StatusCode.Unavailable when model.State == ModelState.Failed => OutOfService(model),
        _ => new(code, $"{model}: the request was cancelled."),
    };

    public static InferenceStatus OutputMissing(ModelVersion model, TensorSpec output) =>
        new(StatusCode.Internal, $"{model}: the backend gave no output '{output.Name}'.");

    public static InferenceStatus NoRoom(ModelVersion model, TensorSlot output) =>
        new(StatusCode.InvalidArgument, $"{model}: output '{output.Spec.Name}' has {output.ByteSize} bytes; the request has room for {output.Room}.");

    public static InferenceStatus OutputNotWhole(ModelVersion model, TensorSlot output) =>
        new(StatusCode.Internal, $"{model}: the backend gave output '{output.Spec.Name}' {output.ByteSize} bytes, which are not the whole elements of BYTES {Shape.Format(output.Dimensions)}.");

    public static InferenceStatus OutputExcluded(ModelVersion model, TensorSlot output, OutputCheck check, int element) => new(
        StatusCode.Internal,
        $"{model}: output '{output.Spec.Name}' has {check.Format(output.View.Bytes, element)} at {Locate(output.Dimensions, element)}; expected {check.Range}, as model.yaml says.");

    // A device does not know whose batch it is; a backend that runs there may have said so.
    public static InferenceStatus Refused(ModelVersion model, BackendException exception) =>
        new(exception.Code, exception.Message.StartsWith(model.ToString(), StringComparison.Ordinal) ? exception.Message : $"{model}: {exception.Message}");

    public static InferenceStatus BackendFailed(ModelVersion model, Exception exception) =>
        new(StatusCode.Internal, $"{model}: the backend failed: {exception.Message}");

    private static string Locate(ReadOnlySpan<long> dimensions, long element)
    {
        Span<long> position = stackalloc long[Shape.MaxRank];
        for (var i = dimensions.Length - 1; i >= 0; i--)
        {
            (element, position[i]) = Math.DivRem(element, dimensions[i]);
        }

        return Shape.Format(position[..dimensions.Length]);
    }
}
