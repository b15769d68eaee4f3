using Camshaft.Backends;
using Camshaft.Client;

namespace Camshaft.Load.Targets.Binary;

/// <summary>Sends the same tensors again and again through the client.</summary>
internal sealed class BinaryModel : ITargetModel
{
    private static readonly string[] KindNames = Enum.GetNames<StatusCode>();

    private readonly IInferenceModel _model;
    private readonly InferenceInput[] _inputs;
    private readonly InferenceOptions _options;

    public BinaryModel(IInferenceModel model, RequestInput[] inputs, TimeSpan? timeout)
    {
        _model = model;
        _inputs = [.. inputs.Select(static input => InferenceInput.CreateRaw(input.Name, input.DataType, input.Data, input.Shape))];
        _options = new InferenceOptions { Timeout = timeout };
    }

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var result = await _model.InferAsync(_inputs, _options, cancellationToken).ConfigureAwait(false);
            return SendResult.Ok;
        }
        catch (InferenceException exception)
        {
            return new SendResult(KindNames[(int)exception.Code], exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return SendResult.Abandoned;
        }
    }
}
