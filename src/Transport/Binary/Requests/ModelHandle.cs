using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// What a client has opened: what it asked for, and the signature that it was told. Any thread:
/// two that look at once may both compare, and keep either of two signatures that are alike.
/// </summary>
internal sealed class ModelHandle(OpenedModel opened, ModelSignature signature)
{
    private ModelSignature _signature = signature;

    /// <summary>What it asked for.</summary>
    public OpenedModel Opened => opened;

    /// <summary>Whether indices mean the same to a request's model as to the client.</summary>
    public bool Fits(InferenceRequest request)
    {
        if (ReferenceEquals(request.Signature, _signature))
        {
            return true;
        }

        // Another version; as long as it is the same to a client, the next look is quick again.
        if (!AreAlike(request.Signature.Inputs, _signature.Inputs) || !AreAlike(request.Signature.Outputs, _signature.Outputs))
        {
            return false;
        }

        _signature = request.Signature;
        return true;
    }

    /// <summary>What a request is told that does not fit; the client opens the model again.</summary>
    public InferenceStatus CreateOpenAgain(InferenceRequest request, uint handle) =>
        new(StatusCode.Unavailable, $"{request.Model} has another signature than handle {handle} was opened with; open it again.");

    private static bool AreAlike(IReadOnlyList<TensorSpec> left, IReadOnlyList<TensorSpec> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            var (one, other) = (left[i], right[i]);
            if (one.Name != other.Name || one.DataType != other.DataType || one.Shape != other.Shape || one.IsOptional != other.IsOptional)
            {
                return false;
            }
        }

        return true;
    }
}
