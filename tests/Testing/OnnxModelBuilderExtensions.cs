using Camshaft.Samples;

namespace Camshaft.Testing;

/// <summary>Lets tests put their tensors into a model.</summary>
public static class OnnxModelBuilderExtensions
{
    /// <summary>Adds a constant.</summary>
    public static OnnxModelBuilder Initializer(this OnnxModelBuilder model, string name, TestTensor tensor) =>
        model.Initializer(name, tensor.DataType, tensor.Shape, tensor.Data);

    /// <summary>Adds a constant whose bytes lie at the start of a file beside the model.</summary>
    public static OnnxModelBuilder ExternalInitializer(this OnnxModelBuilder model, string name, TestTensor tensor, string fileName) =>
        model.ExternalInitializer(name, tensor.DataType, tensor.Shape, fileName);

    /// <summary>Adds a constant of strings.</summary>
    public static OnnxModelBuilder StringInitializer(this OnnxModelBuilder model, string name, TestTensor tensor) =>
        model.StringInitializer(name, tensor.Shape, tensor.Elements());
}
