namespace Camshaft.Client;

/// <summary>Shorter ways to run a model.</summary>
public static class InferenceModelExtensions
{
    /// <summary>Runs a model that has one input; see <see cref="IInferenceModel.InferAsync"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Deadline, priority and the like; null for the client's own.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The outputs, to be disposed by the caller.</returns>
    public static ValueTask<InferenceResult> InferAsync(this IInferenceModel model, InferenceInput input, InferenceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.InferAsync(new ReadOnlySpan<InferenceInput>(in input), options, cancellationToken);
    }
}
